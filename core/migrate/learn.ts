import { disksOf, localMounts, snapshotTexts, type Disk } from "../disk/index.ts";
import type { Guest } from "../inventory/index.ts";
import { nodes, type Node } from "../placement/index.ts";
import {
  pending,
  precondition,
  ProxmoxError,
  textsOf,
  type Precondition,
  type Proxmox,
  type Texts,
} from "../proxmox/index.ts";
import { localOfContainer, localOfVm, localTypes, type LocalVolume } from "./volumes.ts";

/** What a guest itself tells before it is moved. */
export interface OfGuest {
  readonly disks: readonly Disk[];
  readonly texts: Texts;
  /** Mount points that only its node has. */
  readonly mounts: readonly string[];
  /** Undefined where Proxmox is not asked, or cannot tell while something else is done to the guest. */
  readonly said: Precondition | undefined;
  /** The configurations of a container's snapshots; of those of a VM Proxmox tells what matters by itself. */
  readonly taken: Readonly<Record<string, Texts>>;
}

/** What has to be known before a guest is moved. */
export interface Facts extends OfGuest {
  readonly nodes: readonly Node[];
}

/** What is known of a guest that was not looked at. */
export const NOT_LOOKED_AT: OfGuest = { disks: [], texts: {}, mounts: [], said: undefined, taken: {} };

/** Proxmox does not say what a migration would meet while the guest is locked; whoever wants to move it waits. */
async function saidOf(proxmox: Proxmox, guest: Guest): Promise<Precondition | undefined> {
  try {
    return await precondition(proxmox, guest);
  } catch (error) {
    if (error instanceof ProxmoxError && error.meaning === "wait") return undefined;
    throw error;
  }
}

/** Looks at a guest and its disks: two requests, and of a container one for its snapshots and one for each. */
export async function learnGuest(proxmox: Proxmox, guest: Guest): Promise<OfGuest> {
  const [rows, said, taken] = await Promise.all([
    pending(proxmox, guest),
    saidOf(proxmox, guest),
    guest.type === "lxc" ? snapshotTexts(proxmox, guest) : {},
  ]);
  const texts = textsOf(rows);
  return { disks: disksOf(texts), texts, mounts: localMounts(texts), said, taken };
}

/** Looks at a guest, at its disks and at the nodes. */
export async function learn(proxmox: Proxmox, guest: Guest): Promise<Facts> {
  const [found, known] = await Promise.all([
    nodes(proxmox, { maintenance: true }),
    learnGuest(proxmox, guest),
  ]);
  return { nodes: found, ...known };
}

/** The types of the storages that only one node has, by what the nodes say. */
export const typesOn = (found: readonly Node[]) => localTypes(found.flatMap(({ storages }) => storages));

/** The volumes of a guest that only its node has. */
export function localVolumes(
  { type }: Pick<Guest, "type">,
  { nodes: found, texts, taken, said }: Facts,
): LocalVolume[] {
  if (type === "lxc") return localOfContainer(texts, taken, typesOn(found));
  return said ? localOfVm(said) : [];
}
