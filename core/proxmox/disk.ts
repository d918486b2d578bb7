import * as z from "zod";
import { begun } from "./begun.ts";
import type { Proxmox } from "./client.ts";
import { atGuest, type GuestPath } from "./guest.ts";
import { ask } from "./request.ts";
import type { Params } from "./types/generated.ts";

type VmDisk = Params["PUT /nodes/{node}/qemu/{vmid}/resize"]["disk"];
type MovableDisk = Params["POST /nodes/{node}/qemu/{vmid}/move_disk"]["disk"];
type ContainerDisk = Params["PUT /nodes/{node}/lxc/{vmid}/resize"]["disk"];

const VM_DISK = /^(?:ide[0-3]|sata[0-5]|scsi(?:[12]?\d|30)|virtio(?:\d|1[0-5]))$/;
const CONTAINER_DISK = /^(?:rootfs|mp(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5]))$/;

/** Whether a VM may have a disk of this name. */
const isVmDisk = (name: string): name is VmDisk => VM_DISK.test(name);
/** Those and the small ones whose size Proxmox decides. */
const isMovable = (name: string): name is MovableDisk =>
  VM_DISK.test(name) || name === "efidisk0" || name === "tpmstate0";
/** Whether a container may have a disk of this name. */
const isContainerDisk = (name: string): name is ContainerDisk => CONTAINER_DISK.test(name);

/** `size` in bytes, or the growth with a plus and a unit (`+1G`). */
interface Resize {
  readonly disk: string;
  readonly size: string;
  readonly digest?: string | undefined;
}

const noDisk = (guest: GuestPath, disk: string) => new Error(`${disk} is no disk of a ${guest.type} guest`);

/** Makes a disk larger: the UPID, or null from Proxmox 7 for a VM, where it is done by the time of the answer. */
export function resizeDisk(proxmox: Proxmox, guest: GuestPath, params: Resize): Promise<string | null> {
  const { disk, ...rest } = params;
  const answer = z.union([begun, z.null()]);
  if (guest.type === "qemu" && isVmDisk(disk))
    return proxmox.call(
      ask("PUT /nodes/{node}/qemu/{vmid}/resize", atGuest(guest), { disk, ...rest }),
      answer,
    );
  if (guest.type === "lxc" && isContainerDisk(disk))
    return proxmox.call(
      ask("PUT /nodes/{node}/lxc/{vmid}/resize", atGuest(guest), { disk, ...rest }),
      answer,
    );
  throw noDisk(guest, disk);
}

/** Where a disk goes. A container's disks have no format; without `delete` the source stays as an unused disk; `bwlimit` in KiB/s. */
interface Move {
  readonly disk: string;
  readonly storage: string;
  readonly format?: "raw" | "qcow2" | "vmdk" | undefined;
  readonly delete: boolean;
  readonly bwlimit?: number | undefined;
}

/** Copies a disk to another storage and uses the copy from then on; the answer is the UPID. */
export function moveDisk(proxmox: Proxmox, guest: GuestPath, params: Move): Promise<string> {
  const { disk, format, ...rest } = params;
  if (guest.type === "qemu" && isMovable(disk))
    return proxmox.call(
      ask("POST /nodes/{node}/qemu/{vmid}/move_disk", atGuest(guest), { disk, format, ...rest }),
      begun,
    );
  if (guest.type === "lxc" && isContainerDisk(disk))
    return proxmox.call(
      ask("POST /nodes/{node}/lxc/{vmid}/move_volume", atGuest(guest), { volume: disk, ...rest }),
      begun,
    );
  throw noDisk(guest, disk);
}
