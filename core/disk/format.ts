import { partsOf, type Options } from "../proxmox/index.ts";

/** The type of a storage by its id, such as `nfs`; undefined for one that is not known. */
export type TypeOf = (storage: string) => string | undefined;

/** Storages made of files, where nothing but the format of a disk decides whether it can have snapshots. */
const OF_FILES = new Set(["dir", "nfs", "cifs", "glusterfs"]);
export const isOfFiles = (type: string | undefined) => type !== undefined && OF_FILES.has(type);

/** Storages that make nothing but raw disks; of LVM a setting decides from 9.0 on, which no listing tells. */
const RAW_ONLY = new Set(["lvmthin", "zfspool", "zfs", "rbd", "iscsi", "iscsidirect"]);
/** Whether storage of this type may make a disk of this format. */
export const supportsFormat = (type: string | undefined, format: string) =>
  format === "raw" || type === undefined || !RAW_ONLY.has(type);

/** Disks whose format can be chosen; the state of a TPM is raw in all versions before 9.1. */
const CHOOSABLE = /^(?:ide|sata|scsi|virtio|efidisk)\d+$/;
const DISK = /^(?:(?:ide|sata|scsi|virtio|efidisk|tpmstate|mp)\d+|rootfs)$/;
/** `nfs:32` or `nfs:0,import-from=…`: a volume that is made anew. */
const NEW = /^(?:(?:file|volume)=)?([^:,=]+):\d+(?:\.\d+)?(?:,|$)/;

/** The options that make new disks on storages of files, with the format that was asked for. */
const newFiles = (options: Options, typeOf: TypeOf) =>
  Object.entries(options).flatMap(([name, value]) => {
    const text = String(value);
    const storage = DISK.test(name) ? NEW.exec(text)?.[1] : undefined;
    if (storage === undefined || !isOfFiles(typeOf(storage))) return [];
    return [{ name, text, storage, format: partsOf(text).get("format") }];
  });

/** The same options, with qcow2 for each new disk that could have no snapshots otherwise and for which no format is asked. Pure. */
export const withFormats = (options: Options, typeOf: TypeOf): Options => ({
  ...options,
  ...Object.fromEntries(
    newFiles(options, typeOf)
      .filter(({ name, format }) => format === undefined && CHOOSABLE.test(name))
      .map(({ name, text }) => [name, `${text},format=qcow2`]),
  ),
});

/** Which new disks will keep a guest from snapshots, in words; undefined for none. Pure. */
export function unsnapshotted(options: Options, typeOf: TypeOf): string | undefined {
  const raw = newFiles(options, typeOf).filter(({ format }) => format !== "qcow2");
  if (raw.length === 0) return undefined;
  const disks = raw.map(({ name, storage, format = "raw" }) => `${name} is ${format} on ${storage}`);
  return `snapshots of it will not be possible: ${disks.join(", ")}`;
}

/** Whether a disk file has a format of which no storage of files can take snapshots. Pure. */
export const isRawFile = (volid: string) => /\.(?:raw|vmdk)$/.test(volid);
