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

export const findVolume = (world: World, volid: string): Volume | undefined =>
  world.state.volumes.find((volume) => volume.volid === volid);

export function removeVolume(world: World, volid: string): void {
  const at = world.state.volumes.findIndex((volume) => volume.volid === volid);
  if (at >= 0) world.state.volumes.splice(at, 1);
  world.touch();
}

/** Whether every disk lies on storage that can take snapshots; raw files cannot. */
export function canSnapshot(world: World, guest: Guest): boolean {
  return disksOf(guest).every(({ volid }) => {
    const storage = world.state.storages[volid.split(":")[0] ?? ""];
    return storage?.snapshots === true && !volid.endsWith(".raw");
  });
}
