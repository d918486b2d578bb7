import type { World } from "../context.ts";
import { find } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import { ProxmoxError, type Proxmox } from "../proxmox/index.ts";
import type { Effect, Observation } from "./effect.ts";
import type { ItemRow } from "./item.ts";

/** Where a guest is now that is not where it was; undefined when it is nowhere. */
async function nodeNow(world: World, item: ItemRow): Promise<string | undefined> {
  try {
    return (await find(world, item.vm.cluster, item.vm.vmid, true)).node;
  } catch (error) {
    if (error instanceof Fault && error.code === "vm.missing") return undefined;
    throw error;
  }
}

/** Looks for an item's effect; on another node when the guest has moved in the meantime. */
export async function observeAnywhere(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
  effect: Effect,
): Promise<Observation> {
  try {
    return await effect.observe(proxmox, item);
  } catch (error) {
    if (!(error instanceof ProxmoxError) || error.meaning !== "moved") throw error;
    const node = await nodeNow(world, item).catch((other: unknown) => {
      throw other instanceof Fault ? error : other;
    });
    if (node === undefined) return { state: "failed", code: "vm.missing", detail: `${item.vm.id} is gone` };
    if (node === item.vm.node) throw error;
    return effect.observe(proxmox, { ...item, vm: { ...item.vm, node } });
  }
}
