import * as z from "zod";
import type { Effect, ItemRow, Observation } from "../operation/index.ts";
import { backupsOn, deleteVolume, type Proxmox } from "../proxmox/index.ts";

const Detail = z.object({
  volid: z.string(),
  storage: z.string(),
  node: z.string(),
  /** Whether the guest is gone, of which it is a backup. */
  gone: z.boolean(),
});

const detailOf = (item: ItemRow) => Detail.parse(item.detail);

async function entryOf(proxmox: Proxmox, item: ItemRow) {
  const { volid, storage, node } = detailOf(item);
  return (await backupsOn(proxmox, { node, storage }, item.vm.vmid)).find((one) => one.volid === volid);
}

const isGone = async (proxmox: Proxmox, item: ItemRow) => (await entryOf(proxmox, item)) === undefined;

async function observe(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  return (await isGone(proxmox, item)) ? { state: "done" } : { state: "absent" };
}

/** Deleting a backup. Proxmox says OK to the deletion of what is not there, so it is looked at before and after. */
export const removing: Effect = {
  makes: (item) => detailOf(item).gone,
  reads: () => true,
  async check(_ctx, proxmox, item) {
    const entry = await entryOf(proxmox, item);
    const { volid } = detailOf(item);
    if (item.attempts > 0) return undefined;
    if (!entry) return { code: "backup.missing", reason: `the backup ${volid} is gone already` };
    return entry.protected
      ? { code: "backup.protected", reason: `the backup ${volid} is protected` }
      : undefined;
  },
  send(proxmox, item) {
    const { volid, storage, node } = detailOf(item);
    return deleteVolume(proxmox, { node, storage }, volid);
  },
  observe,
  verify: isGone,
  repeatable: true,
};
