import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import type { Warning } from "../lib/page.ts";
import { pooled } from "../lib/pool.ts";
import { backupsOn, ProxmoxError, toFault } from "../proxmox/index.ts";
import { storageParts } from "../storage/index.ts";
import { toBackup, type Backup, type Place } from "./backup.ts";

const WIDTH = 6;

/** What is wanted; all that is left out is wanted as a whole. */
export interface Wanted {
  readonly cluster?: string | undefined;
  readonly storage?: string | undefined;
  readonly node?: string | undefined;
  readonly vmid?: number | undefined;
}

/** Backups, and what is missing and why. */
export interface Reading {
  readonly backups: readonly Backup[];
  readonly places: readonly Place[];
  readonly warnings: readonly Warning[];
}

type Stores = Awaited<ReturnType<typeof storageParts>>["storages"];

/** A shared storage is asked once, through a node that reaches it; a local one on each node. */
const placesOf = (storages: Stores): Place[] =>
  storages
    .filter((one) => one.content.includes("backup") && one.active)
    .flatMap(({ cluster, storage, node, nodes, shared, type }) => {
      const through = node ?? nodes[0];
      return through === undefined ? [] : [{ cluster, storage, node: through, shared, type }];
    });

/** Storages that hold backups and tell nothing now: what lies there is not gone. */
const silent = (storages: Stores): Warning[] =>
  storages
    .filter((one) => one.content.includes("backup") && !one.active)
    .map(({ id }) => ({
      code: "storage.inactive",
      detail: `storage ${id} is not active; its backups are not listed`,
    }));

async function on(world: World, place: Place, vmid: number | undefined): Promise<Reading> {
  try {
    const proxmox = await Cluster.connect(world, place.cluster);
    const entries = await backupsOn(proxmox, { node: place.node, storage: place.storage }, vmid);
    return { backups: entries.map((entry) => toBackup(place, entry)), places: [place], warnings: [] };
  } catch (error) {
    if (!(error instanceof ProxmoxError) && !(error instanceof Fault)) throw error;
    const fault = error instanceof ProxmoxError ? toFault(error) : error;
    const where = `storage ${place.storage} of cluster ${place.cluster}${place.shared ? "" : ` on ${place.node}`}`;
    return {
      backups: [],
      places: [],
      warnings: [{ code: fault.code, detail: `${where} tells nothing: ${fault.message}` }],
    };
  }
}

const fits = (wanted: Wanted) => (place: Place) =>
  (wanted.storage === undefined || place.storage === wanted.storage) &&
  (wanted.node === undefined || place.shared || place.node === wanted.node);

/** Backups as the storages list them at this moment, each once, newest first. */
export async function readBackups(world: World, wanted: Wanted = {}): Promise<Reading> {
  const { storages, warnings } = await storageParts(world, wanted.cluster);
  const places = placesOf(storages).filter(fits(wanted));
  const parts = await pooled(places, WIDTH, (place) => on(world, place, wanted.vmid));
  const backups = parts.flatMap((part) => part.backups);
  return {
    backups: backups.toSorted((a, b) =>
      a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : a.volid < b.volid ? -1 : 1,
    ),
    places: parts.flatMap((part) => part.places),
    warnings: [...warnings, ...silent(storages), ...parts.flatMap((part) => part.warnings)],
  };
}
