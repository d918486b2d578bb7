import type { GuestLook, ItemRow } from "../operation/index.ts";
import { stateOf } from "../power/index.ts";
import { tasksOf, type Proxmox } from "../proxmox/index.ts";
import { OWN } from "./arrival.ts";
import { detailOf } from "./detail.ts";

/**
 * What it does there. A second attempt may find a container stopped by the first one, before which counts then; where none
 * has begun, somebody else may have changed it while the item waited. A VM is never stopped by its migration.
 */
export async function stateBefore(proxmox: Proxmox, item: ItemRow, look: GuestLook): Promise<string> {
  const { was, from = item.vm.node } = detailOf(item);
  const sentAt = new Date(item.startedAt ?? "");
  const isOurs = async () =>
    (await tasksOf(proxmox, { node: from, vmid: item.vm.vmid, types: OWN, sentAt })).length > 0;
  const mayBeOurs = was !== undefined && item.vm.type === "lxc";
  return mayBeOurs && (await isOurs()) ? was : stateOf(await look.current());
}
