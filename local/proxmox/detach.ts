import { leaveBootOrder } from "./boot-order.ts";
import { postponeRemoval, waits } from "./pending.ts";
import { died } from "./refusal.ts";
import type { Guest } from "./state.ts";
import { disksOf, isCloudInit, ownerOf, release, removeVolume } from "./volume.ts";
import type { World } from "./world.ts";

const DRIVE = /^(?:(?:ide|sata|scsi|virtio|efidisk|tpmstate|mp)\d+|rootfs)$/;

const volumeIn = (value: string) => (value.split(",")[0] ?? "").replace(/^(?:file|volume)=/, "");

/** Frees a volume of the guest's own that no snapshot and no other option has; another guest's stays where it is. */
function free(world: World, guest: Guest, option: string, volid: string): void {
  if (ownerOf(volid) !== guest.vmid) return;
  const rest = Object.entries(guest.config).filter(([name]) => name !== option);
  const snapshots = Object.values(guest.snapshots).flatMap(({ config }) => Object.entries(config));
  if ([...rest, ...snapshots].some(([, value]) => volumeIn(value) === volid))
    throw died(`unable to delete '${volid}' - volume is still in use (snapshot?)`);
  removeVolume(world, volid, guest.node);
}

/** What becomes of the volume of a drive that goes: a cloud-init drive is freed, a disk is kept as an unused one. */
export function letGo(world: World, guest: Guest, option: string): void {
  const value = guest.config[option] ?? "";
  if (isCloudInit(value)) return removeVolume(world, volumeIn(value), guest.node);
  const disk = disksOf(guest).find((one) => one.option === option);
  if (disk) release(world, guest, disk.volid, false);
}

/** Whether an option, set to this, has another volume than before. */
export const isReplaced = (guest: Guest, option: string, value: string): boolean =>
  DRIVE.test(option) &&
  guest.config[option] !== undefined &&
  volumeIn(guest.config[option]) !== volumeIn(value);

/** Takes an option away, or remembers to do so at the next start. A disk stays as an unused one unless that is forced;
 * an unused one is freed. */
export function removeOption(
  world: World,
  guest: Guest,
  option: string,
  how: { readonly force: boolean; readonly boot: boolean },
): void {
  const disk = disksOf(guest).find((one) => one.option === option);
  if (disk && guest.config.protection === "1")
    throw died(`can't remove drive '${option}' - protection mode enabled`);
  if (how.boot) leaveBootOrder(guest, option);
  if (waits(guest, option)) return postponeRemoval(guest, option);
  if (disk && (how.force || option.startsWith("unused"))) free(world, guest, option, disk.volid);
  else letGo(world, guest, option);
  delete guest.config[option];
}
