import * as z from "zod";
import { pathOf, single, type Effect, type ItemRow } from "../operation/index.ts";
import { moveDisk, type Proxmox } from "../proxmox/index.ts";
import { storagesOf, unfit } from "../storage/index.ts";
import { diskNow, diskOf } from "./disk.ts";
import { observed } from "./observed.ts";
import { DiskName, TARGET } from "./target.ts";

const Wanted = {
  disk: DiskName,
  storage: z
    .string()
    .max(100)
    .regex(/^[a-zA-Z][a-zA-Z0-9._-]*[a-zA-Z0-9]$/, "must be the id of a storage"),
  format: z.enum(["raw", "qcow2", "vmdk"]).optional(),
  deleteSource: z.boolean().default(false),
};
const Detail = z.object({ ...Wanted, format: z.enum(["raw", "qcow2", "vmdk"]).nullable(), from: z.string() });

/** Copies a disk of one guest to another storage, where it is used from then on; its source stays as an unused disk unless it is deleted. */
export const move = single({
  action: "vm.move",
  input: z.strictObject({ ...TARGET, ...Wanted }),
  async propose({ ctx, guest, proxmox }, { disk: name, storage, format, deleteSource }) {
    if (guest.type === "lxc" && format !== undefined)
      return { run: false, code: "vm.container", because: "the disks of a container have no format" };
    const disk = await diskOf(proxmox, guest, name);
    if (disk.storage === storage && (format === undefined || format === disk.format))
      return { run: false, code: "disk.same", because: `${name} of ${guest.id} lies on ${storage} already` };
    const { storages } = await storagesOf(ctx, guest.cluster);
    const content = guest.type === "lxc" ? "rootdir" : "images";
    const reason = unfit(storages, { storage, node: guest.node, content });
    if (reason) return { run: false, ...reason };
    const detail = { disk: name, storage, format: format ?? null, deleteSource, from: disk.volid ?? "" };
    return { run: true, because: `${name} of ${guest.id} is ${disk.volid ?? "empty"}`, detail };
  },
});

/** The disk is another volume than before, on the storage that was asked for. */
async function isThere(proxmox: Proxmox, item: ItemRow): Promise<boolean> {
  const { disk: name, storage, from } = Detail.parse(item.detail);
  const disk = await diskNow(proxmox, item, name);
  return disk?.storage === storage && disk.volid !== from;
}

/** Proxmox refuses to move a disk to where it is, so a second request does nothing. */
export const moving: Effect = {
  send(proxmox, item) {
    const { disk, storage, format, deleteSource } = Detail.parse(item.detail);
    return moveDisk(proxmox, pathOf(item), {
      disk,
      storage,
      format: format ?? undefined,
      delete: deleteSource,
    });
  },
  observe: (proxmox, item) =>
    observed(proxmox, item, ["qmmove", "move_volume"], () => isThere(proxmox, item)),
  verify: isThere,
  forgives: ({ attempts }, message) =>
    attempts > 1 && message.includes("move to the same storage with same format") ? "done" : undefined,
  repeatable: true,
};
