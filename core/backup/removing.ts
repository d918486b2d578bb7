import * as z from "zod";
import type { Effect, ItemRow, Observation, Skip } from "../operation/index.ts";
import { backupsOn, deleteVolume, type BackupEntry, type Proxmox } from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";

const Detail = z.object({
  volid: z.string(),
  storage: z.string(),
  node: z.string(),
  /** Whether the guest is gone, of which it is a backup. */
  gone: z.boolean(),
  /** Of a prune: good backups of the guest on that storage that stay. One of them has to be there still. */
  spares: z.array(z.string()).default([]),
});

/** Of a file whose name tells no guest nobody knows whose it is. */
const knownVmid = ({ vm }: ItemRow) => (vm.vmid === 0 ? undefined : vm.vmid);

const detailOf = (item: ItemRow) => Detail.parse(item.detail);

function entriesOf(proxmox: Proxmox, item: ItemRow) {
  const { storage, node } = detailOf(item);
  return backupsOn(proxmox, { node, storage }, knownVmid(item));
}

const find = (entries: readonly BackupEntry[], item: ItemRow) =>
  entries.find(({ volid }) => volid === detailOf(item).volid);

const isGone = async (proxmox: Proxmox, item: ItemRow) =>
  find(await entriesOf(proxmox, item), item) === undefined;

/** Why a backup stays after all, by what the storage shows now. */
function obstacle(entries: readonly BackupEntry[], item: ItemRow): Skip | undefined {
  const { volid, spares } = detailOf(item);
  const found = find(entries, item);
  if (!found) return { code: "backup.missing", reason: `the backup ${volid} is gone already` };
  if (found.protected) return { code: "backup.protected", reason: `the backup ${volid} is protected` };
  const left = entries.some((one) => spares.includes(one.volid) && one.verification?.state !== "failed");
  if (spares.length === 0 || left) return undefined;
  const reason = `none of the good backups that were to stay is there; ${volid} may be the last one`;
  return { code: "backup.last-good", reason };
}

async function observe(proxmox: Proxmox, item: ItemRow): Promise<Observation> {
  return (await isGone(proxmox, item)) ? { state: "done" } : { state: "absent" };
}

/** Deleting a backup. Proxmox says OK to the deletion of what is not there, so it is looked at before and after. */
export const removing: Effect = {
  action: ACTIONS.delete,
  makes: (item) => detailOf(item).gone,
  reads: () => true,
  async check(_ctx, proxmox, item) {
    const reason = obstacle(await entriesOf(proxmox, item), item);
    // An earlier attempt may have deleted it; what protects it may have come, or gone, since then.
    return item.attempts > 0 && reason?.code === "backup.missing" ? undefined : reason;
  },
  send(proxmox, item) {
    const { volid, storage, node } = detailOf(item);
    return deleteVolume(proxmox, { node, storage }, volid);
  },
  observe,
  verify: isGone,
  repeatable: true,
};
