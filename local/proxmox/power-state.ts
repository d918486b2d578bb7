import { applyPending } from "./pending.ts";
import type { Guest } from "./state.ts";
import { seconds, type World } from "./world.ts";

/** Nothing holds the guest back any more. */
export function goOn(guest: Guest): void {
  delete guest.paused;
  delete guest.qmpstatus;
}

/** Whether Proxmox takes the guest for paused: it then shuts it down only by force (`vm_is_paused`). */
export const isPaused = ({ paused, qmpstatus = "" }: Guest) =>
  paused === true || ["paused", "prelaunch", "suspended"].includes(qmpstatus);

/** The guest runs from now on. */
export function powerOn(world: World, guest: Guest): void {
  if (guest.status === "stopped") applyPending(guest);
  guest.status = "running";
  guest.startedAt = seconds(world);
  guest.pid = world.state.nodes[guest.node]?.nextPid ?? 1000;
  goOn(guest);
  world.touch();
}

/** The guest is off from now on. */
export function powerOff(world: World, guest: Guest): void {
  guest.status = "stopped";
  guest.stoppedAt = seconds(world);
  delete guest.startedAt;
  delete guest.pid;
  goOn(guest);
  world.touch();
}
