import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import { asFault, snapshots, type SnapshotEntry } from "../proxmox/index.ts";

/** All snapshots of a guest, asked of Proxmox itself. */
export async function ask(world: World, guest: Guest): Promise<SnapshotEntry[]> {
  const proxmox = await Cluster.connect(world, guest.cluster);
  return snapshots(proxmox, guest).catch(asFault);
}

/** The snapshot of that name, or 404. */
export function named(entries: readonly SnapshotEntry[], guest: Guest, name: string): SnapshotEntry {
  const found = entries.find((entry) => entry.name === name && name !== "current");
  if (found) return found;
  throw new Fault("missing", "snapshot.missing", `${guest.id} has no snapshot ${name}.`);
}
