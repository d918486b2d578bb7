import type { World } from "../context.ts";
import * as Cluster from "../cluster/index.ts";
import { Fault } from "../lib/fault.ts";
import { makerOf, unmarked } from "../lib/marker.ts";
import { asFault, notesOf } from "../proxmox/index.ts";
import type { Backup, Place } from "./backup.ts";
import { readBackups } from "./read.ts";

/** A backup and the place where it lies. */
export interface Found {
  readonly backup: Backup;
  readonly place: Place;
  /** The item that made it, by its notes. */
  readonly maker: string | undefined;
}

/** All of its notes: a list may show only the first line. */
async function whole(world: World, found: Omit<Found, "maker">): Promise<Found> {
  const { backup, place } = found;
  const proxmox = await Cluster.connect(world, place.cluster);
  const notes = await notesOf(proxmox, place, backup.volid).catch(asFault);
  return { place, backup: { ...backup, notes: unmarked(notes) }, maker: makerOf(notes) };
}

/** One backup by its volid, or 404; where a storage tells nothing, 503, for the backup may lie there. */
export async function findBackup(world: World, cluster: string, volid: string): Promise<Found> {
  await Cluster.byId(world, cluster);
  const storage = volid.split(":")[0] ?? "";
  const { backups, places, warnings } = await readBackups(world, { cluster, storage });
  const backup = backups.find((one) => one.volid === volid);
  const place = places.find((one) => one.storage === storage && (one.shared || one.node === backup?.node));
  if (backup && place) return whole(world, { backup, place });
  const [warning] = warnings;
  if (warning)
    throw new Fault("unreachable", "storage.unreachable", `The backup was not found: ${warning.detail}.`);
  throw new Fault(
    "missing",
    "backup.missing",
    `Cluster ${cluster} has no backup ${volid}, or its token may not see it.`,
  );
}
