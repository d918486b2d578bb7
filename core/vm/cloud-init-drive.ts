import type { Options } from "../proxmox/index.ts";

const DRIVE = /^(?:ide|sata|scsi|virtio)\d+$/;

/** The drive from which a VM's cloud-init reads, such as ide2; undefined where there is none. */
export const cloudInitDrive = (config: Readonly<Record<string, unknown>>) =>
  Object.entries(config).find(
    ([name, value]) =>
      DRIVE.test(name) && typeof value === "string" && /[:/]vm-\d+-cloudinit|:cloudinit/.test(value),
  )?.[0];

/** Where Proxmox's own dialogue puts such drives, in its order. */
const PLACES = ["ide2", "ide0", "ide1", "ide3", "sata5", "scsi30"];

/** The option that makes a cloud-init drive on a storage, where a configuration has none. */
export function missingDrive(config: Readonly<Record<string, unknown>>, storage: string): Options {
  if (cloudInitDrive(config) !== undefined) return {};
  return { [freeDrive(Object.keys(config))]: `${storage}:cloudinit,media=cdrom` };
}

/** A free drive for cloud-init. */
export const freeDrive = (taken: readonly string[]) => PLACES.find((name) => !taken.includes(name)) ?? "ide2";
