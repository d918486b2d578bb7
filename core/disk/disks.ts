import * as z from "zod";
import { bytesOf, isOn, partsOf, type Texts } from "../proxmox/index.ts";

/** A drive of a guest. `name` is its slot, such as `scsi0` or `rootfs`; an empty CD-ROM has no volume. */
export const Disk = z.object({
  name: z.string(),
  kind: z.enum(["disk", "cd-rom", "cloud-init", "unused"]),
  volid: z.string().nullable(),
  storage: z.string().nullable(),
  sizeBytes: z.number().nullable(),
  format: z.string().nullable(),
  cache: z.string().nullable(),
  mountPoint: z.string().nullable(),
  discard: z.boolean(),
  ssd: z.boolean(),
  iothread: z.boolean(),
  backup: z.boolean(),
});
export type Disk = z.infer<typeof Disk>;

const SLOT = /^(?:(?:ide|sata|scsi|virtio|efidisk|tpmstate|mp|unused)\d+|rootfs)$/;

/** Whether a volume is a drive that Proxmox makes for cloud-init, and not an image that is called so. */
export const isCloudInit = (volid: string) => /[:/]vm-\d+-cloudinit(?:\.|$)/.test(volid);

function kindOf(name: string, volid: string | null, parts: Map<string, string>): Disk["kind"] {
  if (name.startsWith("unused")) return "unused";
  if (parts.get("media") !== "cdrom") return "disk";
  return isCloudInit(volid ?? "") ? "cloud-init" : "cd-rom";
}

/** The volume of a drive, under whichever name it stands; null for none. */
function volumeOf(parts: Map<string, string>): string | null {
  const file = parts.get("") ?? parts.get("file") ?? parts.get("volume") ?? "none";
  return file === "none" ? null : file;
}

const storageOf = (volid: string | null) => /^([^/:]+):/.exec(volid ?? "")?.[1] ?? null;

function toDisk(name: string, text: string): Disk {
  const parts = partsOf(text);
  const of = (key: string) => parts.get(key) ?? null;
  const volid = volumeOf(parts);
  return {
    name,
    kind: kindOf(name, volid, parts),
    volid,
    storage: storageOf(volid),
    sizeBytes: bytesOf(parts.get("size")),
    format: of("format") ?? /\.(raw|qcow2|vmdk)$/.exec(volid ?? "")?.[1] ?? null,
    cache: of("cache"),
    mountPoint: name === "rootfs" ? "/" : of("mp"),
    discard: isOn(parts.get("discard")),
    ssd: isOn(parts.get("ssd")),
    iothread: isOn(parts.get("iothread")),
    backup: isOn(parts.get("backup"), !name.startsWith("mp")),
  };
}

/** All drives that a configuration names, by name; with `memory` the volume too that keeps the memory of a snapshot. */
export const disksOf = (texts: Texts, { memory = false } = {}): Disk[] =>
  Object.entries(texts)
    .filter(([name]) => SLOT.test(name) || (memory && name === "vmstate"))
    .map(([name, text]) => toDisk(name, text))
    .toSorted((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));

/** The mount points of a container that are folders or devices of its node, and not said to be the same on others. */
export const localMounts = (texts: Texts): string[] =>
  Object.entries(texts).flatMap(([name, text]) => {
    const parts = partsOf(text);
    const isLocal = /^mp\d+$/.test(name) && (volumeOf(parts) ?? "").startsWith("/");
    return isLocal && !isOn(parts.get("shared")) ? [name] : [];
  });
