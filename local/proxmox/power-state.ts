import { applyPending } from "./pending.ts";
import type { Guest } from "./state.ts";
import { seconds, type World } from "./world.ts";

/** The guest runs from now on. */
export function powerOn(world: World, guest: Guest): void {
  if (guest.status === "stopped") applyPending(guest);
  guest.status = "running";
  guest.startedAt = seconds(world);
  guest.pid = world.state.nodes[guest.node]?.nextPid ?? 1000;
  delete guest.paused;
  world.touch();
}

/** The guest is off from now on. */
export function powerOff(world: World, guest: Guest): void {
  guest.status = "stopped";
  guest.stoppedAt = seconds(world);
  delete guest.startedAt;
  delete guest.pid;
  delete guest.paused;
  world.touch();
}
