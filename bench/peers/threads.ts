import { pooled } from "../../core/lib/pool.ts";
import { poll, snapshot, type Peer, type PeerGuest, type Port } from "./port.ts";

const PAUSE_MS = 1000;

/** As many threads for each node as it may have tasks: the best that a careful script does. */
async function onEachNode(port: Port, work: (guest: PeerGuest) => Promise<void>): Promise<void> {
  await port.ask("GET", "/cluster/resources?type=vm");
  const nodes = Map.groupBy(port.guests, ({ node }) => node);
  await Promise.all([...nodes.values()].map((guests) => pooled(guests, port.nodeCap, work)));
}

/** A script with proxmoxer and threads. */
export const proxmoxer: Peer = {
  name: "proxmoxer, threads",
  pattern:
    "1 listing; a thread for each slot of a node: POST, status at once and every 1 s, and 1 s more after the end (proxmoxer/tools/tasks.py blocking_status)",
  verifies: true,
  run: (port) =>
    onEachNode(port, async (guest) => {
      await poll(port, guest, await snapshot(port, guest), PAUSE_MS);
      await port.clock.sleep(PAUSE_MS);
    }),
};

/** A program with go-proxmox and goroutines. */
export const goProxmox: Peer = {
  name: "go-proxmox, goroutines",
  pattern:
    "1 listing; a goroutine for each slot of a node: POST, a ping, status at once and every 1 s (tasks.go, Task.Wait)",
  verifies: true,
  run: (port) =>
    onEachNode(port, async (guest) => {
      const upid = await snapshot(port, guest);
      await port.ask("GET", `/nodes/${guest.node}/tasks/${encodeURIComponent(upid)}/status`);
      await poll(port, guest, upid, PAUSE_MS);
    }),
};
