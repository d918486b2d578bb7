import type { Options } from "../proxmox/index.ts";
import type { CloudInit } from "./cloud-init-input.ts";
import { encodeKeys } from "./cloud-init-key.ts";
import { parts, present } from "./create-field.ts";

type Address = NonNullable<CloudInit["networks"]>[number];

const addressOption = ({ ipv4, gateway4, ipv6, gateway6 }: Address) =>
  parts({ ip: ipv4, gw: gateway4, ip6: ipv6, gw6: gateway6 }).join(",");

/** What is set, secrets apart, and what goes. */
interface Spelling {
  readonly open: Options;
  readonly secret: Options;
  readonly gone: readonly string[];
}

const goneOf = ({ sshKeys, dns }: CloudInit) => [
  ...(sshKeys?.length === 0 ? ["sshkeys"] : []),
  ...(dns?.servers?.length === 0 ? ["nameserver"] : []),
];

/** The options that say the same to Proxmox; what is left out is not among them, and an empty list takes its option away. */
export function cloudInitOptions(input: CloudInit): Spelling {
  const { user, password, sshKeys, dns, networks = [], type, upgradePackages } = input;
  const addresses = networks.map((address, at) => [`ipconfig${at}`, addressOption(address)] as const);
  const open = {
    ciuser: user,
    citype: type,
    ciupgrade: upgradePackages,
    nameserver: dns?.servers?.join(" ") || undefined,
    searchdomain: dns?.searchDomain,
    ...Object.fromEntries(addresses.filter(([, option]) => option !== "")),
  };
  const secret = {
    cipassword: password,
    sshkeys: sshKeys && (encodeKeys(sshKeys) || undefined),
  };
  return { open: present(open), secret: present(secret), gone: goneOf(input) };
}

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
