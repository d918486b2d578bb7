import { futureConfig } from "./pending.ts";
import { died } from "./refusal.ts";
import type { Guest } from "./state.ts";
import type { TaskRun } from "./task.ts";
import { findVolume, isCloudInit } from "./volume.ts";
import type { World } from "./world.ts";

const DRIVE = /^(?:ide|sata|scsi|virtio|efidisk|tpmstate)\d+$/;

/** What a storage says when a volume of it is to be used that is gone. */
function gone(world: World, volid: string) {
  const [name = "", volume = ""] = volid.split(":");
  const storage = world.state.storages[name];
  if (!storage) return died(`storage '${name}' does not exist`);
  const { type, options = {} } = storage;
  if (type === "lvm" || type === "lvmthin")
    return died(`no such logical volume ${options.vgname ?? "pve"}/${volume}`);
  if (type === "zfspool")
    return died(`zfs error: cannot open '${options.pool ?? name}/${volume}': dataset does not exist`);
  return died(`volume '${volid}' does not exist`);
}

/** What a VM cannot start without, ISO images too, and what its start warns of. Cloud-init drives are made anew. */
export function checkBoot(world: World, guest: Guest, task: TaskRun): void {
  if (guest.kind === "lxc") return;
  const config = futureConfig(guest);
  for (const [option, value] of Object.entries(config)) {
    const volid = (value.split(",")[0] ?? "").replace(/^file=/, "");
    if (!DRIVE.test(option) || !/^[\w.-]+:/.test(volid) || isCloudInit(value)) continue;
    if (!findVolume(world, volid, guest.node)) throw gone(world, volid);
  }
  if (config.bios === "ovmf" && config.efidisk0 === undefined)
    task.warn("no efidisk configured! Using temporary efivars disk.");
}
