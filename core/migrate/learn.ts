import { disksOf, localMounts, type Disk } from "../disk/index.ts";
import type { Guest } from "../inventory/index.ts";
import { nodes, type Node } from "../placement/index.ts";
import {
  pending,
  precondition,
  ProxmoxError,
  textsOf,
  type Precondition,
  type Proxmox,
} from "../proxmox/index.ts";

/** What has to be known before a guest is moved. */
export interface Facts {
  readonly nodes: readonly Node[];
  readonly disks: readonly Disk[];
  /** Mount points that only its node has. */
  readonly mounts: readonly string[];
  /** Undefined where Proxmox is not asked, or cannot tell while something else is done to the guest. */
  readonly said: Precondition | undefined;
}

/** Proxmox does not say what a migration would meet while the guest is locked; whoever wants to move it waits. */
async function saidOf(proxmox: Proxmox, guest: Guest): Promise<Precondition | undefined> {
  try {
    return await precondition(proxmox, guest);
  } catch (error) {
    if (error instanceof ProxmoxError && error.meaning === "wait") return undefined;
    throw error;
  }
}

/** Looks at a guest, at its disks and at the nodes. */
export async function learn(proxmox: Proxmox, guest: Guest): Promise<Facts> {
  const [found, rows, said] = await Promise.all([
    nodes(proxmox, { maintenance: true }),
    pending(proxmox, guest),
    saidOf(proxmox, guest),
  ]);
  const texts = textsOf(rows);
  return { nodes: found, disks: disksOf(texts), mounts: localMounts(texts), said };
}
