import type { World } from "../context.ts";
import { locks, type Effects } from "./effect.ts";
import { holderOf, isOlder, loadHolders, placesOf, type ItemRow } from "./item.ts";
import { loadNode, type Running } from "./node.ts";

/** Who runs on a node: what began before one that has its slot there is seen where that one is. */
async function running(world: World, place: string, holder: string): Promise<readonly Running[]> {
  const seen = await loadNode(world, place, { eventual: true });
  if (seen.running.some((one) => one.holder === holder)) return seen.running;
  return (await loadNode(world, place)).running;
}

/**
 * An older item of the same guest that has its slot and has not come to its guest yet: a queue keeps no order, so its
 * message may come later than that of a younger one. One that waits for its guest has its place in the guest's line.
 */
export async function elderOf(world: World, item: ItemRow, effects: Effects): Promise<ItemRow | undefined> {
  const holder = holderOf(item);
  const nodes = await Promise.all(placesOf(item).map((place) => running(world, place, holder)));
  // 0 stands for a guest that could not be read yet when its item got its slot.
  const older = nodes
    .flat()
    .filter((one) => (one.vmid === item.vm.vmid || one.vmid === 0) && isOlder(one.holder, holder));
  const items = await loadHolders(
    world,
    older.map((one) => one.holder),
  );
  const comes = ({ vm, state, step, blockedAt }: ItemRow) =>
    vm.id === item.vm.id && state === "queued" && step === 0 && blockedAt === null;
  return items.find((one) => comes(one) && locks(effects[one.action], one));
}
