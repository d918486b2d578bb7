import { died, invalid } from "./refusal.ts";
import { bytesOf, diskOf } from "./resources.ts";
import type { Config, Storage, Volume } from "./state.ts";
import { defaultFormat, roundedUp, takesFormat } from "./storage-type.ts";
import { findVolume } from "./volume.ts";
import { cloudInitName, driveText, volumeName, type Owner } from "./volume-name.ts";
import { seconds, type World } from "./world.ts";

const DISK_OPTION = /^(?:(?:ide|sata|scsi|virtio|efidisk|tpmstate|mp)\d+|rootfs)$/;
const NEW_DISK = /^([\w.-]+):(?:(\d+(?:\.\d+)?)|cloudinit)$/;
const GIB = 1024 ** 3;

/** A new disk that an option asks for with `storage:GiB`: where it goes, how big it is, and how it is written. */
interface Wish {
  readonly option: string;
  readonly storage: Storage;
  /** Bytes. */
  readonly size: number;
  readonly rest: readonly string[];
  readonly cloudinit: boolean;
  readonly format: string;
}

function storageOf(world: World, name: string): Storage {
  const storage = world.state.storages[name];
  if (!storage) throw died(`storage '${name}' does not exist`);
  return storage;
}

/** What Proxmox copies into a new EFI disk: the variables of one of two builds of OVMF. */
const efiSize = (efitype: string | undefined) => (efitype === "4m" ? 528 * 1024 : 128 * 1024);
/** TPM states and cloud-init drives are of this size. */
export const SMALL_DISK = 4 * 1024 ** 2;

/** Only ordinary disks are as big as they are asked for. */
function sizeOf(option: string, values: Readonly<Record<string, string>>, asked: number): number {
  if (option === "efidisk0") return efiSize(values.efitype);
  return option === "tpmstate0" ? SMALL_DISK : asked;
}

/** The format that an order means: some disks have no choice, a copy of an image is like it where that can be. */
function formatOf(
  option: string,
  wish: { storage: Storage; asked?: string; like?: Volume; cloudinit: boolean },
) {
  const { storage, asked, like, cloudinit } = wish;
  if (option === "tpmstate0") return "raw";
  if (asked !== undefined) return asked;
  if (cloudinit) return storage.path === undefined ? "raw" : "qcow2";
  const hint = like?.content === "images" ? like.format : undefined;
  if (isOfContainer(option)) return containerFormat(storage);
  return hint !== undefined && takesFormat(storage, hint) ? hint : defaultFormat(storage);
}

/** A container's file systems need no image on ZFS. */
export const containerFormat = (storage: Storage) => (storage.type === "zfspool" ? "subvol" : "raw");

/** A VM's disks are made in the order of their names, a container's root first and then by number. */
function byTurn(a: string, b: string): number {
  if (a.startsWith("mp") && b.startsWith("mp")) return Number(a.slice(2)) - Number(b.slice(2));
  return Number(b === "rootfs") - Number(a === "rootfs") || (a < b ? -1 : 1);
}

const isOfContainer = (option: string) => /^(rootfs|mp\d+)$/.test(option);

/** The storage of a new disk; refuses one that takes no images. */
function targetOf(world: World, option: string, name: string): Storage {
  const storage = storageOf(world, name);
  if (!isOfContainer(option) && !storage.content.includes("images"))
    throw invalid({ storage: `storage '${name}' does not support vm images` });
  return storage;
}

/** The new disks that a configuration asks for, in the order in which they are made; refuses unknown storages. */
export function wishesOf(world: World, config: Config, node: string): Wish[] {
  const options = Object.entries(config).toSorted(([a], [b]) => byTurn(a, b));
  return options.flatMap(([option, value]) => {
    if (!DISK_OPTION.test(option)) return [];
    const drive = diskOf(value.replace(/^(?:file|volume)=/, ""));
    const { file = "", format: asked, "import-from": source, ...rest } = drive;
    if (/^[\w.-]+:/.test(file)) storageOf(world, file.split(":")[0] ?? "");
    const [, name, gib] = NEW_DISK.exec(file) ?? [];
    if (!name) return [];
    const storage = targetOf(world, option, name);
    const kept = Object.entries(rest).map(([key, text]) => `${key}=${text}`);
    const like = source === undefined ? undefined : findVolume(world, source, node);
    const size = like?.size ?? (gib ? Number(gib) * GIB : SMALL_DISK);
    const cloudinit = !gib;
    const format = formatOf(option, { storage, cloudinit, ...(asked && { asked }), ...(like && { like }) });
    return [{ option, storage, size: sizeOf(option, rest, size), rest: kept, cloudinit, format }];
  });
}

/** Nothing can be made on a full storage. */
export function checkRoom(storage: Storage): void {
  if (storage.full)
    throw died(`unable to create image: storage '${storage.storage}': No space left on device`);
}

interface Place extends Owner {
  readonly kind: "qemu" | "lxc";
}

/** A new volume, empty. Its name is free. */
export function makeVolume(
  world: World,
  owner: Place,
  made: { readonly volid: string; readonly storage: Storage; readonly format: string; readonly size: number },
): Volume {
  const { storage, size, volid, format } = made;
  checkRoom(storage);
  if (!takesFormat(storage, format)) throw died(`unsupported format '${format}'`);
  const volume: Volume = {
    volid,
    storage: storage.storage,
    ...(storage.shared ? {} : { node: owner.node }),
    content: owner.kind === "qemu" ? "images" : "rootdir",
    format,
    size: roundedUp(storage, size),
    used: Math.floor(size / 10),
    ctime: seconds(world),
    vmid: owner.vmid,
  };
  world.state.volumes.push(volume);
  return volume;
}

/** Makes one volume and says what its option reads afterwards. A new cloud-init drive tells no size. */
export function allocate(world: World, owner: Place, wish: Wish): string {
  const { storage, cloudinit, format, rest } = wish;
  const volid = cloudinit
    ? cloudInitName(storage, owner.vmid, format)
    : volumeName(world, storage, owner, format);
  const { size } = makeVolume(world, owner, { volid, storage, format, size: wish.size });
  if (!cloudinit) return driveText(volid, rest, size);
  return driveText(volid, ["media=cdrom", ...rest.filter((part) => !part.startsWith("media="))]);
}

/** Bytes that a `+2G` or `8G` resize leads to. */
export function resized(current: number, wish: string): number {
  return wish.startsWith("+") ? current + bytesOf(wish.slice(1)) : bytesOf(wish);
}
