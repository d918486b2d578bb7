import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import type { ItemRow } from "./item.ts";

/** Throws what a write to the item's node would be held back with, before anything is read or written for the item. */
export async function checkReach(world: World, { vm }: ItemRow): Promise<void> {
  const proxmox = await Cluster.connect(world, vm.cluster);
  const held = await proxmox.heldBack({ effect: "write", node: vm.node });
  if (held) throw held;
}
