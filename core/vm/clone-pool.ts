/** Clones at once from one template, and onto one storage: with more, the locks of shared storage run out of time. */
const MOST = 2;

const DISK = /^(?:(?:ide|sata|scsi|virtio|efidisk|tpmstate|mp)\d+|rootfs)$/;

/** The storages on which the disks of a configuration lie, CD-ROMs apart. Pure. */
export function storagesOf(config: Readonly<Record<string, unknown>>): string[] {
  const volumes = Object.entries(config).flatMap(([option, value]) =>
    DISK.test(option) && typeof value === "string" && !/(?:^|,)media=cdrom(?:,|$)/.test(value) ? [value] : [],
  );
  const named = volumes.flatMap((value) => /^(?:(?:file|volume)=)?([^:/,]+):/.exec(value)?.[1] ?? []);
  return [...new Set(named)].toSorted();
}

/** What clones share: the guest that is copied and the storages that they are written to. */
export const poolsOf = (source: { cluster: string; vmid: number }, storages: readonly string[]) => [
  { name: `clone-template#${source.cluster}/${source.vmid}`, size: MOST },
  ...storagePools(source.cluster, storages),
];

/** What all share that is written to the same storages, copies and new guests. */
export const storagePools = (cluster: string, storages: readonly string[]) =>
  storages.map((storage) => ({ name: `clone-storage#${cluster}/${storage}`, size: MOST }));
