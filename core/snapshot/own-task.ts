import type { ItemRow } from "../operation/index.ts";
import { tasksOf, type Proxmox, type TaskEntry } from "../proxmox/index.ts";

/** The newest task of these types on an item's guest since the item was sent: its own, unless somebody else was at it. */
export async function newestTask(
  proxmox: Proxmox,
  item: ItemRow,
  types: readonly string[],
): Promise<TaskEntry | undefined> {
  const { node, vmid } = item.vm;
  const [newest] = await tasksOf(proxmox, { node, vmid, types, sentAt: new Date(item.sentAt ?? "") });
  return newest;
}

/** What an administrator has to run where a snapshot was left half made or half deleted. */
export function remedy({ vm }: ItemRow, name: string): string {
  const tool = vm.type === "lxc" ? "pct" : "qm";
  return `on ${vm.node} run: ${tool} unlock ${vm.vmid}; ${tool} delsnapshot ${vm.vmid} ${name} --force`;
}
