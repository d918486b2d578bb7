import type { ItemRow } from "../operation/index.ts";
import { tasks, type Proxmox, type TaskEntry } from "../proxmox/index.ts";

/** Proxmox's clock may be a little behind ours. */
const MARGIN_MS = 5000;

/** The newest task of these types on an item's guest since the item was sent: its own, unless somebody else was at it. */
export async function newestTask(
  proxmox: Proxmox,
  item: ItemRow,
  types: readonly string[],
): Promise<TaskEntry | undefined> {
  const since = new Date(Date.parse(item.sentAt ?? "") - MARGIN_MS);
  const found = await tasks(proxmox, item.vm.node, { since, vmid: item.vm.vmid });
  return found.filter((entry) => types.includes(entry.type)).toSorted((a, b) => b.starttime - a.starttime)[0];
}
