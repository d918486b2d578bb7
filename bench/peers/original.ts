import { pooled } from "../../core/lib/pool.ts";
import { guestPath, snapshot, type Peer, type PeerGuest, type Port } from "./port.ts";

const THREADS = 5;

const list = (port: Port) => port.ask("GET", "/cluster/resources?type=vm");

async function chosen(port: Port): Promise<readonly PeerGuest[]> {
  await list(port);
  for (const guest of port.guests) {
    await port.ask("GET", `${guestPath(guest)}/config`);
    await port.ask("GET", `${guestPath(guest)}/status/current`);
  }
  return port.guests;
}

/** The original Moxxie, which this one takes the place of. */
export const original: Peer = {
  name: "original Moxxie",
  pattern:
    "selection one guest after the other, 2 requests each; then 5 threads, 3 listings of the whole cluster and the POST for each guest; looks at no task (source of the Quarkus service)",
  verifies: false,
  async run(port) {
    await pooled(await chosen(port), THREADS, async (guest) => {
      for (let count = 0; count < 3; count++) await list(port);
      await snapshot(port, guest);
    });
  },
};
