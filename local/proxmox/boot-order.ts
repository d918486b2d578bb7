import { postpone, waits } from "./pending.ts";
import type { Config, Guest } from "./state.ts";

const numbered = (bus: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${bus}${index}`);

/** The drives of a VM in the order in which one is chosen to boot from. */
const DRIVES = [
  ...numbered("ide", 4),
  ...numbered("scsi", 31),
  ...numbered("virtio", 16),
  ...numbered("sata", 6),
];

const orderText = (devices: readonly string[]) => (devices.length > 0 ? `order=${devices.join(";")}` : " ");

/** What Proxmox writes when no order was given: the first disk, the first CD-ROM (a cloud-init drive is one too) and
 * the first network card; a blank when there is none of them. */
export function defaultBootOrder(config: Config): string {
  const drives = DRIVES.filter((name) => config[name] !== undefined);
  const isCdrom = (name: string) => /media=cdrom|:cloudinit(,|$)/.test(config[name] ?? "");
  const disk = drives.find((name) => !isCdrom(name));
  const cdrom = drives.find(isCdrom);
  const card = numbered("net", 32).find((name) => config[name] !== undefined);
  return orderText([disk, cdrom, card].filter((name) => name !== undefined));
}

/** The devices that a `boot` option names. */
export const bootDevices = (boot: string | undefined): string[] =>
  /(?:^|,)order=([^,]*)/
    .exec(boot ?? "")?.[1]
    ?.split(";")
    .filter(Boolean) ?? [];

/** A device that is taken away is taken out of the order too; while the VM runs, that waits. */
export function leaveBootOrder(guest: Guest, device: string): void {
  const devices = bootDevices(guest.pending?.boot ?? guest.config.boot);
  if (!devices.includes(device)) return;
  const boot = orderText(devices.filter((name) => name !== device));
  if (waits(guest, "boot")) postpone(guest, "boot", boot);
  else guest.config.boot = boot;
}
