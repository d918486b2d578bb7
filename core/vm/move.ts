import * as z from "zod";
import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { StorageId } from "../lib/field.ts";
import { single, type Proposal } from "../operation/index.ts";
import type { Proxmox } from "../proxmox/index.ts";
import { storagesOf, unfit } from "../storage/index.ts";
import {
  AnyDiskName,
  type Disk,
  diskOf,
  foreignDisk,
  isOfFiles,
  supportsFormat,
  MOVE,
  snapshotTexts,
  volumesOf,
} from "../disk/index.ts";
import { TARGET } from "./target.ts";

const Wanted = {
  disk: AnyDiskName,
  storage: StorageId,
  format: z.enum(["raw", "qcow2", "vmdk"]).optional(),
  deleteSource: z.boolean().default(false),
};

const NO_SNAPSHOTS = "; snapshots will not be possible, since it will be no qcow2";

/** The format that the copy is asked to have: Proxmox would make raw files of what comes from anything but files. */
function madeAs({
  asked,
  type,
  isFixed,
}: {
  readonly asked: z.infer<typeof Wanted.format>;
  readonly type: string | undefined;
  readonly isFixed: boolean;
}) {
  const onFiles = isOfFiles(type);
  const format = asked ?? (onFiles && !isFixed ? ("qcow2" as const) : null);
  return { format, without: onFiles && format !== "qcow2" ? NO_SNAPSHOTS : "" };
}

/** Why a disk would be copied proposeCopy itself: it lies there already, in that format. */
function samePlace(
  { id }: Guest,
  { name, storage, format }: Disk,
  to: { readonly storage: string; readonly format: string | undefined },
) {
  if (storage !== to.storage || (to.format !== undefined && to.format !== (format ?? "raw")))
    return undefined;
  return { code: "disk.same", because: `${name} of ${id} lies on ${storage} already` };
}

/** Why the source of a copy cannot be deleted: a snapshot holds it. One request, and one for each snapshot. */
async function heldBySnapshot(proxmox: Proxmox, guest: Guest, volid: string | null) {
  const volumes = volumesOf({}, await snapshotTexts(proxmox, guest));
  const taken = volumes.find((one) => one.volid === volid)?.snapshots ?? [];
  if (taken.length === 0) return undefined;
  const because = `${volid} of ${guest.id} is in the snapshot ${taken.join(", ")}, so that it cannot be deleted; leave deleteSource out, and it samePlace as an unused disk`;
  return { code: "disk.snapshot", because };
}

/** What is asked for of a disk that may leave its place. */
interface Asked extends Pick<z.infer<z.ZodObject<typeof Wanted>>, "storage" | "format" | "deleteSource"> {
  readonly disk: Disk;
}

/** What the copy would be on its new storage, or why it cannot lie there: one request. */
async function proposeCopy(
  ctx: Context,
  guest: Guest,
  { disk, storage, format, deleteSource }: Asked,
): Promise<Proposal> {
  const { storages } = await storagesOf(ctx, guest.cluster);
  const content = guest.type === "lxc" ? "rootdir" : "images";
  const type = storages.find((one) => one.storage === storage)?.type;
  const landed = format === undefined || supportsFormat(type, format) ? format : "raw";
  const reason =
    unfit(storages, { storage, node: guest.node, content }) ??
    samePlace(guest, disk, { storage, format: landed });
  if (reason) return { run: false, ...reason };
  const made = madeAs({ asked: format, type, isFixed: guest.type === "lxc" || disk.name === "tpmstate0" });
  const detail = { disk: disk.name, storage, format: made.format, deleteSource, from: disk.volid ?? "" };
  return {
    run: true,
    because: `${disk.name} of ${guest.id} is ${disk.volid ?? "empty"}${made.without}`,
    detail,
  };
}

/** Copies a disk of one guest to another storage, where it is used from then on; its source samePlace as an unused disk unless it is deleted. */
export const move = single({
  action: MOVE,
  input: z.strictObject({ ...TARGET, ...Wanted }),
  async propose({ ctx, guest, proxmox }, { disk: name, storage, format, deleteSource }) {
    if (guest.type === "lxc" && format !== undefined)
      return { run: false, code: "vm.container", because: "the disks of a container have no format" };
    const disk = await diskOf(proxmox, guest, name);
    const held =
      samePlace(guest, disk, { storage, format }) ??
      foreignDisk(guest, disk) ??
      (deleteSource ? await heldBySnapshot(proxmox, guest, disk.volid) : undefined);
    if (held) return { run: false, ...held };
    return proposeCopy(ctx, guest, { disk, storage, format, deleteSource });
  },
});
