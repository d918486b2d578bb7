import { lockFile } from "./guest.ts";
import { powerOff, powerOn } from "./power-state.ts";
import { loseRunningTasks } from "./task.ts";
import { seconds, type World } from "./world.ts";

/** A node went down hard and is back: its tasks are lost, locks and half-made snapshots stay, its guests are off but
 * for those that start at boot. */
export function rebootNode(world: World, name: string): void {
  const node = world.state.nodes[name];
  if (!node) return;
  loseRunningTasks(world, name);
  node.bootedAt = seconds(world);
  for (const guest of Object.values(world.state.guests)) {
    if (guest.node !== name) continue;
    world.locks.drop(lockFile(guest.kind, guest.vmid));
    powerOff(world, guest);
    if (guest.config.onboot === "1" && !guest.lock) powerOn(world, guest);
  }
  world.touch();
}
