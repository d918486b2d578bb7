import * as z from "zod";

const diskName = (pattern: RegExp) =>
  z.string().max(10).regex(pattern, "must be the name of a disk, such as scsi0");

export const DiskName = diskName(/^(?:(?:ide|sata|scsi|virtio|mp)\d{1,3}|rootfs)$/);

/** Also of those small ones whose size Proxmox decides. */
export const AnyDiskName = diskName(/^(?:(?:ide|sata|scsi|virtio|mp)\d{1,3}|efidisk0|tpmstate0|rootfs)$/);
