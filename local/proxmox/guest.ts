import { createHash } from "node:crypto";
import { WAITS } from "./latency.ts";
import { died } from "./refusal.ts";
import type { Guest } from "./state.ts";
import type { TaskRun } from "./task.ts";
import type { World } from "./world.ts";

export type Kind = Guest["kind"];

/** "VM" or "CT", as Proxmox's texts say. */
export const noun = (kind: Kind) => (kind === "qemu" ? "VM" : "CT");

const folder = (kind: Kind) => (kind === "qemu" ? "qemu-server" : "lxc");

/** The guest, if it is of this kind and its configuration lies on this node. */
export function guestOn(world: World, node: string, kind: Kind, vmid: number): Guest | undefined {
  const guest = world.state.guests[vmid];
  return guest?.node === node && guest.kind === kind ? guest : undefined;
}

export const missingConfig = (node: string, kind: Kind, vmid: number) =>
  `Configuration file 'nodes/${node}/${folder(kind)}/${vmid}.conf' does not exist`;

/** The other text for the same: calls that look the guest up before they load its configuration say this one. */
export const notFound = (node: string, kind: Kind, vmid: number) =>
  `unable to find configuration file for ${noun(kind)} ${vmid} on node '${node}'`;

/** The guest, or the text that loading its configuration dies with. */
export function loadGuest(world: World, node: string, kind: Kind, vmid: number): Guest {
  const guest = guestOn(world, node, kind, vmid);
  if (!guest) throw died(missingConfig(node, kind, vmid));
  return guest;
}

/** SHA-1 of what the configuration file would say. */
export function digestOf(guest: Guest): string {
  const { config, snapshots, parent, lock, pending, dropped } = guest;
  const file = { config, snapshots, parent, lock, pending, dropped };
  return createHash("sha1").update(JSON.stringify(file)).digest("hex");
}

export function checkDigest(guest: Guest, digest: string | undefined): void {
  if (!digest || digest === digestOf(guest)) return;
  const container = "detected modified configuration - file changed by other user? Try again.";
  throw died(guest.kind === "lxc" ? container : "checksum mismatch (file change by other user?)");
}

export function checkLock(guest: Guest): void {
  if (guest.lock) throw died(`${noun(guest.kind)} is locked (${guest.lock})`);
}

export const isTemplate = (guest: Guest) => guest.config.template === "1";

export const nameOf = (guest: Guest): string =>
  (guest.kind === "qemu" ? guest.config.name : guest.config.hostname) ?? `${noun(guest.kind)} ${guest.vmid}`;

/** The file whose lock guards a guest's configuration on its node. */
export const lockFile = (kind: Kind, vmid: number) =>
  kind === "qemu" ? `/var/lock/qemu-server/lock-${vmid}.conf` : `/run/lock/lxc/pve-config-${vmid}.lock`;

/** Does something while holding the lock on the guest's configuration file; gives up after ten seconds. */
export async function withConfigLock<T>(
  world: World,
  target: { kind: Kind; vmid: number; log?: TaskRun["log"] },
  work: () => T | Promise<T>,
): Promise<T> {
  const file = lockFile(target.kind, target.vmid);
  const waited = { for: false };
  const release = await world.locks.acquire(file, WAITS.configLock, () => {
    waited.for = true;
  });
  if (waited.for) target.log?.(`trying to acquire lock...${release ? " OK" : ""}`);
  if (!release) throw died(`can't lock file '${file}' - got timeout`);
  try {
    return await work();
  } finally {
    release();
    world.touch();
  }
}

/** Sets the guest's lock, works, and takes the lock away again, however the work ended. */
export async function withGuestLock<T>(
  world: World,
  guest: Guest,
  lock: string,
  work: () => Promise<T>,
): Promise<T> {
  checkLock(guest);
  guest.lock = lock;
  world.touch();
  try {
    return await work();
  } finally {
    delete guest.lock;
    world.touch();
  }
}
