import * as z from "zod";
import type { Effect, ItemRow } from "../operation/index.ts";
import { backupsOn, notesOf, updateBackup, type Proxmox } from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";

const Detail = z.object({
  volid: z.string(),
  storage: z.string(),
  node: z.string(),
  /** Whether the guest is gone, of which it is a backup. */
  gone: z.boolean(),
  notes: z.string().nullable(),
  protected: z.boolean().nullable(),
});

/** Of a file whose name tells no guest nobody knows whose it is. */
const knownVmid = ({ vm }: ItemRow) => (vm.vmid === 0 ? undefined : vm.vmid);

const detailOf = (item: ItemRow) => Detail.parse(item.detail);

/** Whether the backup says already what it is to say; undefined when it is gone. */
async function isSo(proxmox: Proxmox, item: ItemRow): Promise<boolean | undefined> {
  const { volid, storage, node, notes, protected: held } = detailOf(item);
  const found = (await backupsOn(proxmox, { node, storage }, knownVmid(item))).find(
    (one) => one.volid === volid,
  );
  if (!found) return undefined;
  if (held !== null && found.protected !== held) return false;
  return (
    notes === null || ((await notesOf(proxmox, { node, storage }, volid)) ?? "").trimEnd() === notes.trimEnd()
  );
}

/** Changing what a backup says of itself, and whether Proxmox protects it. */
export const noting: Effect = {
  action: ACTIONS.update,
  makes: (item) => detailOf(item).gone,
  reads: () => true,
  async check(_ctx, proxmox, item) {
    if ((await isSo(proxmox, item)) !== undefined) return undefined;
    return { code: "backup.missing", reason: `the backup ${detailOf(item).volid} is gone` };
  },
  async send(proxmox, item) {
    const { volid, storage, node, notes, protected: held } = detailOf(item);
    await updateBackup(proxmox, { node, storage }, volid, {
      ...(notes === null ? {} : { notes }),
      ...(held === null ? {} : { protected: held }),
    });
    return undefined;
  },
  observe: async (proxmox, item) =>
    (await isSo(proxmox, item)) === true ? { state: "done" } : { state: "absent" },
  repeatable: true,
};
