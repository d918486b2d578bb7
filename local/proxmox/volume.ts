import { died } from "./refusal.ts";
import type { Config, Guest, Volume } from "./state.ts";
import { can, type Condition, type Feature } from "./storage-type.ts";
import type { World } from "./world.ts";

/** The option names that hold disks: of a VM or of a container. */
const DISK = /^(?:(?:ide|sata|scsi|virtio|efidisk|tpmstate|mp|unused)\d+|rootfs)$/;

const ON_STORAGE = /^(?:(?:file|volume)=)?[\w.-]+:/;

/** The disks of a configuration: option name and volume, without CD-ROMs. */
export function disksOf(guest: Pick<Guest, "config">): { option: string; volid: string }[] {
  return Object.entries(guest.config)
    .filter(
      ([option, value]) => DISK.test(option) && !value.includes("media=cdrom") && ON_STORAGE.test(value),
    )
    .map(([option, value]) => ({
      option,
      volid: (value.split(",")[0] ?? "").replace(/^(?:file|volume)=/, ""),
    }));
}

const FILE = /^(\d+\/(vm|base|subvol)-\d+-[^/]+|(backup|iso|vztmpl|snippets|import)\/[^/]+)$/;
const BACKUP = /^backup\/vzdump-(qemu|lxc|openvz)-\d+-.+/;

/** Directories only hold files with names of known forms. */
export function checkVolumeName(name: string): void {
  const right = name.startsWith("backup/") ? BACKUP.test(name) : FILE.test(name);
  if (!right) throw died(`unable to parse directory volume name '${name}'`);
}

/** Whether a node sees a volume: of local storage each node has its own, under names that others may use too. */
export const isSeenFrom = (node: string) => (volume: Pick<Volume, "node">) =>
  volume.node === undefined || volume.node === node;

/** The volume of that name as a node sees it. */
export const findVolume = (world: World, volid: string, node: string): Volume | undefined =>
  world.state.volumes.filter(isSeenFrom(node)).find((volume) => volume.volid === volid);

/** Removes the volume of that name that a node sees. */
export function removeVolume(world: World, volid: string, node: string): void {
  const found = findVolume(world, volid, node);
  const at = found ? world.state.volumes.indexOf(found) : -1;
  if (at >= 0) world.state.volumes.splice(at, 1);
  world.touch();
}

/** A drive that holds cloud-init data: a CD-ROM to the guest, a volume of its own to Proxmox. */
export const isCloudInit = (value: string): boolean =>
  /^(?:file=)?[\w.-]+:(?:\d+\/)?vm-\d+-cloudinit(?:\.\w+)?(?:,|$)/.test(value);

/** What a clone or a move copies: the disks, and the cloud-init drive; no other CD-ROMs, no unused disks. */
export const copiedDrives = ({ config }: { config: Config }): { option: string; volid: string }[] =>
  Object.entries(config)
    .filter(([, value]) => isCloudInit(value))
    .map(([option, value]) => ({ option, volid: (value.split(",")[0] ?? "").replace(/^file=/, "") }))
    .concat(disksOf({ config }).filter(({ option }) => !option.startsWith("unused")))
    .toSorted((a, b) => (a.option < b.option ? -1 : 1));

/** A mount point that is a folder or a device of the node: its option and which of both it is. */
export const hostMounts = (config: Config): { option: string; type: "bind" | "device" }[] =>
  Object.entries(config).flatMap(([option, value]) => {
    if (!/^(?:mp\d+|rootfs)$/.test(option) || !/^(?:volume=)?\//.test(value)) return [];
    return [{ option, type: /^(?:volume=)?\/dev\//.test(value) ? ("device" as const) : ("bind" as const) }];
  });

/** The condition of a volume that is asked for by a name of a snapshot, or without one. */
const conditionOf = (volid: string, snapname: string | undefined): Condition => {
  if (snapname !== undefined) return "snap";
  return /[:/]base-[^/]+$/.test(volid) ? "base" : "current";
};

/** Whether the storage of a volume can do something with it, or with a snapshot of it. */
export function hasFeature(world: World, volid: string, feature: Feature, snapname?: string): boolean {
  const storage = world.state.storages[volid.split(":")[0] ?? ""];
  if (!storage) return false;
  const suffix = /\.(raw|qcow2|vmdk|subvol)$/.exec(volid)?.[1];
  const format = suffix ?? (/[:/](?:subvol|basevol)-/.test(volid) ? "subvol" : "raw");
  return can(storage, feature, conditionOf(volid, snapname), format);
}

/** The guest whose disk a volume is, as its name says; a linked clone names its base first. */
export function ownerOf(volid: string): number | undefined {
  const vmid = /(?:^|[:/])(?:vm|base|subvol|basevol)-(\d+)-[^/]*$/.exec(volid)?.[1];
  return vmid === undefined ? undefined : Number(vmid);
}

/** What becomes of a volume that is taken out of a configuration: kept as an unused one, or freed. Another guest's is only let go. */
export function release(world: World, guest: Guest, volid: string, free: boolean): void {
  if (ownerOf(volid) !== guest.vmid) return;
  if (free) removeVolume(world, volid, guest.node);
  else keepUnused(guest.config, volid);
}

/** Whether all disks can be snapshot. Folders and devices of the node cannot. */
export const canSnapshot = (world: World, guest: Guest): boolean =>
  hostMounts(guest.config).length === 0 &&
  disksOf(guest)
    .filter(({ option }) => !option.startsWith("unused"))
    .every(({ volid }) => hasFeature(world, volid, "snapshot"));

/** Keeps a volume that no drive has any more under the lowest free `unusedN`; once, however often it is asked. */
export function keepUnused(config: Config, volid: string): void {
  if (Object.entries(config).some(([option, value]) => /^unused\d+$/.test(option) && value === volid)) return;
  let number = 0;
  while (config[`unused${number}`]) number += 1;
  config[`unused${number}`] = volid;
}
