import { died } from "./refusal.ts";
import type { Guest, Volume } from "./state.ts";
import type { World } from "./world.ts";

/** The option names that hold disks: of a VM or of a container. */
const DISK = /^(?:(?:ide|sata|scsi|virtio|efidisk|tpmstate|mp|unused)\d+|rootfs)$/;

/** The disks of a configuration: option name and volume, without CD-ROMs. */
export function disksOf(guest: Pick<Guest, "config">): { option: string; volid: string }[] {
  return Object.entries(guest.config)
    .filter(([option, value]) => DISK.test(option) && !value.includes("media=cdrom") && value.includes(":"))
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

/** Whether every disk lies on storage that can take snapshots; raw files cannot. */
export function canSnapshot(world: World, guest: Guest): boolean {
  return disksOf(guest)
    .filter(({ option }) => !option.startsWith("unused"))
    .every(({ volid }) => {
      const storage = world.state.storages[volid.split(":")[0] ?? ""];
      return storage?.snapshots === true && !volid.endsWith(".raw");
    });
}

/** The guest whose disk a volume is, as its name says; a linked clone names its base first. */
export function ownerOf(volid: string): number | undefined {
  const vmid = /(?:^|[:/])(?:vm|base|subvol)-(\d+)-[^/]*$/.exec(volid)?.[1];
  return vmid === undefined ? undefined : Number(vmid);
}

/** What becomes of a volume that is taken out of a configuration: kept as an unused one, or freed. Another guest's is only let go. */
export function release(world: World, guest: Guest, volid: string, free: boolean): void {
  if (ownerOf(volid) !== guest.vmid) return;
  if (free) removeVolume(world, volid, guest.node);
  else guest.config[unusedOption(guest)] = volid;
}

/** The lowest unused option, where the old volume goes when it is kept. */
function unusedOption(guest: Guest): string {
  let number = 0;
  while (guest.config[`unused${number}`]) number += 1;
  return `unused${number}`;
}
