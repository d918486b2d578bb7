import * as z from "zod";
import { StorageId } from "../lib/field.ts";
import { single } from "../operation/index.ts";
import { storagesOf, unfit } from "../storage/index.ts";
import { AnyDiskName, diskOf, MOVE, foreignDisk, isOfFiles } from "../disk/index.ts";
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

/** Copies a disk of one guest to another storage, where it is used from then on; its source stays as an unused disk unless it is deleted. */
export const move = single({
  action: MOVE,
  input: z.strictObject({ ...TARGET, ...Wanted }),
  async propose({ ctx, guest, proxmox }, { disk: name, storage, format, deleteSource }) {
    if (guest.type === "lxc" && format !== undefined)
      return { run: false, code: "vm.container", because: "the disks of a container have no format" };
    const disk = await diskOf(proxmox, guest, name);
    if (disk.storage === storage && (format === undefined || format === disk.format))
      return { run: false, code: "disk.same", because: `${name} of ${guest.id} lies on ${storage} already` };
    const foreign = foreignDisk(guest, disk);
    if (foreign) return { run: false, ...foreign };
    const { storages } = await storagesOf(ctx, guest.cluster);
    const content = guest.type === "lxc" ? "rootdir" : "images";
    const reason = unfit(storages, { storage, node: guest.node, content });
    if (reason) return { run: false, ...reason };
    const type = storages.find((one) => one.storage === storage)?.type;
    const made = madeAs({ asked: format, type, isFixed: guest.type === "lxc" || name === "tpmstate0" });
    const detail = { disk: name, storage, format: made.format, deleteSource, from: disk.volid ?? "" };
    return {
      run: true,
      because: `${name} of ${guest.id} is ${disk.volid ?? "empty"}${made.without}`,
      detail,
    };
  },
});
