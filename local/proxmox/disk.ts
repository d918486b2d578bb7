import { died, invalid } from "./refusal.ts";
import { bytesOf, diskOf } from "./resources.ts";
import type { Config, Storage } from "./state.ts";
import { findVolume } from "./volume.ts";
import { seconds, type World } from "./world.ts";

const DISK_OPTION = /^(?:(?:ide|sata|scsi|virtio|efidisk|tpmstate|mp)\d+|rootfs)$/;
const NEW_DISK = /^([\w.-]+):(?:(\d+(?:\.\d+)?)|cloudinit)$/;
const GIB = 1024 ** 3;

/** Where a new disk goes and how big it is, read from `storage:GiB` in a disk option. */
interface Wish {
  readonly option: string;
  readonly storage: Storage;
  /** Bytes. */
  readonly size: number;
  readonly rest: readonly string[];
  readonly cloudinit: boolean;
  readonly format?: string | undefined;
  /** The volume that it is to be a copy of. */
  readonly source?: string | undefined;
}

function storageOf(world: World, name: string): Storage {
  const storage = world.state.storages[name];
  if (!storage) throw died(`storage '${name}' does not exist`);
  return storage;
}

/** The new disks that a configuration asks for; refuses storages that are not there. */
export function wishesOf(world: World, config: Config, node: string): Wish[] {
  return Object.entries(config).flatMap(([option, value]) => {
    if (!DISK_OPTION.test(option)) return [];
    const {
      file = "",
      format,
      "import-from": source,
      ...rest
    } = diskOf(value.replace(/^(?:file|volume)=/, ""));
    if (/^[\w.-]+:/.test(file)) storageOf(world, file.split(":")[0] ?? "");
    const [, name, gib] = NEW_DISK.exec(file) ?? [];
    if (!name) return [];
    const content = /^(rootfs|mp\d+)$/.test(option) ? "rootdir" : "images";
    if (content === "images" && !storageOf(world, name).content.includes(content))
      throw invalid({ storage: `storage '${name}' does not support vm images` });
    const kept = Object.entries(rest).map(([key, text]) => `${key}=${text}`);
    const copied = source === undefined ? undefined : findVolume(world, source, node)?.size;
    const size = copied ?? (gib ? Number(gib) * GIB : 4 * 1024 ** 2);
    return [{ option, storage: storageOf(world, name), size, rest: kept, cloudinit: !gib, format, source }];
  });
}

const isFile = (storage: Storage) => storage.path !== undefined;

/** The next free volume name for a guest on a storage, as that kind of storage writes it. */
export function volumeName(
  world: World,
  storage: Storage,
  guest: { vmid: number; node: string; stem?: string; format?: string },
): string {
  const { vmid, node, stem = "vm", format } = guest;
  for (let number = 0; ; number++) {
    const plain = `${stem}-${vmid}-disk-${number}`;
    const volid = `${storage.storage}:${isFile(storage) ? `${vmid}/${plain}.${format ?? "raw"}` : plain}`;
    if (!findVolume(world, volid, node)) return volid;
  }
}

const sizeText = (bytes: number) =>
  bytes % GIB === 0 ? `${bytes / GIB}G` : `${Math.floor(bytes / 1024 ** 2)}M`;

interface Owner {
  readonly vmid: number;
  readonly node: string;
  readonly kind: "qemu" | "lxc";
}

/** Nothing can be made on a full storage. */
export function checkRoom(storage: Storage): void {
  if (storage.full)
    throw died(`unable to create image: storage '${storage.storage}': No space left on device`);
}

/** Makes one volume and says what its option reads afterwards. */
export function allocate(world: World, owner: Owner, wish: Wish): string {
  const { storage, size, cloudinit } = wish;
  checkRoom(storage);
  const format = wish.format ?? (isFile(storage) && owner.kind === "qemu" ? "qcow2" : "raw");
  const volid = cloudinit
    ? `${storage.storage}:${isFile(storage) ? `${owner.vmid}/vm-${owner.vmid}-cloudinit.qcow2` : `vm-${owner.vmid}-cloudinit`}`
    : volumeName(world, storage, { ...owner, format });
  const content = owner.kind === "qemu" ? "images" : "rootdir";
  const where = storage.shared ? {} : { node: owner.node };
  const facts = {
    content,
    format,
    size,
    used: Math.floor(size / 10),
    ctime: seconds(world),
    vmid: owner.vmid,
  };
  world.state.volumes.push({ volid, storage: storage.storage, ...where, ...facts });
  if (cloudinit)
    return [volid, "media=cdrom", ...wish.rest.filter((part) => !part.startsWith("media="))].join(",");
  return [volid, ...wish.rest, `size=${sizeText(size)}`].join(",");
}

/** Bytes that a `+2G` or `8G` resize leads to. */
export function resized(current: number, wish: string): number {
  return wish.startsWith("+") ? current + bytesOf(wish.slice(1)) : bytesOf(wish);
}

export const withSize = (option: string, bytes: number) =>
  [...option.split(",").filter((part) => !part.startsWith("size=")), `size=${sizeText(bytes)}`].join(",");
