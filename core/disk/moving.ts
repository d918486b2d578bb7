import * as z from "zod";
import { observed, pathOf, type Effect, type ItemRow } from "../operation/index.ts";
import { moveDisk, type Proxmox } from "../proxmox/index.ts";
import { MOVE } from "./action.ts";
import { diskNow } from "./look.ts";

/** Which disk goes where, and the volume that it was before. */
const Detail = z.object({
  disk: z.string(),
  storage: z.string(),
  format: z.enum(["raw", "qcow2", "vmdk"]).nullable(),
  deleteSource: z.boolean(),
  from: z.string(),
  bandwidthBytes: z.number().nullable().default(null),
});

/** The disk is another volume than before, on the storage that was asked for. */
async function isThere(proxmox: Proxmox, item: ItemRow): Promise<boolean> {
  const { disk: name, storage, from } = Detail.parse(item.detail);
  const disk = await diskNow(proxmox, item, name);
  return disk?.storage === storage && disk.volid !== from;
}

/** Proxmox refuses to move a disk to where it is, so a second request does nothing. */
export const moving: Effect = {
  action: MOVE,
  send(proxmox, item) {
    const { disk, storage, format, deleteSource, bandwidthBytes } = Detail.parse(item.detail);
    return moveDisk(proxmox, pathOf(item), {
      disk,
      storage,
      format: format ?? undefined,
      delete: deleteSource,
      bwlimit: bandwidthBytes === null ? undefined : Math.ceil(bandwidthBytes / 1024),
    });
  },
  observe: (proxmox, item) =>
    observed(proxmox, item, ["qmmove", "move_volume"], () => isThere(proxmox, item)),
  verify: isThere,
  forgives: ({ attempts }, message) =>
    attempts > 1 && message.includes("move to the same storage with same format") ? "done" : undefined,
  repeatable: true,
};
