import { guestPath, poll, snapshot, type Peer } from "./port.ts";

const PAUSE_MS = 500;

/** cv4pve-autosnap before it could do several at once. */
export const autosnap: Peer = {
  name: "cv4pve-autosnap",
  pattern:
    "one guest after the other: config, POST, status every 0.5 s, 2 checks of the task, list of snapshots (AutoSnap.Api Application.cs and WaitForTaskToFinishAsync of cv4pve-api-dotnet)",
  verifies: true,
  async run(port) {
    await port.ask("GET", "/cluster/resources?type=vm");
    for (const guest of port.guests) {
      await port.ask("GET", `${guestPath(guest)}/config`);
      const upid = await snapshot(port, guest);
      await poll(port, guest, upid, PAUSE_MS);
      const status = `/nodes/${guest.node}/tasks/${encodeURIComponent(upid)}/status`;
      await port.ask("GET", status);
      await port.ask("GET", status);
      await port.ask("GET", `${guestPath(guest)}/snapshot`);
    }
  },
};
