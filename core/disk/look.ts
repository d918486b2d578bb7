import type { Guest } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import { pathOf, type ItemRow } from "../operation/index.ts";
import { pending, textsOf, type GuestPath, type Proxmox } from "../proxmox/index.ts";
import { disksOf, type Disk } from "./disks.ts";

/** All drives of a guest, as its configuration will have them from its next start on. */
export const drivesOf = async (proxmox: Proxmox, guest: GuestPath): Promise<Disk[]> =>
  disksOf(textsOf(await pending(proxmox, guest)));

/** A disk of a guest by its name, as its configuration has it now; undefined for none, and for a CD-ROM. */
async function look(proxmox: Proxmox, guest: GuestPath, name: string): Promise<Disk | undefined> {
  return (await drivesOf(proxmox, guest)).find((disk) => disk.name === name && disk.kind === "disk");
}

/** The disk that a call names, or 404. */
export async function diskOf(proxmox: Proxmox, guest: Guest, name: string): Promise<Disk> {
  const disk = await look(proxmox, guest, name);
  if (disk) return disk;
  throw new Fault("missing", "disk.missing", `${guest.id} has no disk ${name}.`);
}

/** The disk that an item is about; undefined when it has gone. */
export const diskNow = (proxmox: Proxmox, item: ItemRow, name: string) => look(proxmox, pathOf(item), name);
