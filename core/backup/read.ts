import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import type { Warning } from "../lib/page.ts";
import { pooled } from "../lib/pool.ts";
import { backupsOn, ProxmoxError, toFault } from "../proxmox/index.ts";
import { storageParts } from "../storage/index.ts";
import { toBackup, type Backup, type Place } from "./backup.ts";

const WIDTH = 6;
/** A storage that all share is asked through so many nodes, one after the other, until one answers. */
const MOST_NODES = 3;

/** A storage that has not answered by then, the listing of storages included, is left out: the gateway gives up at 29 s. */
const MOST_MS = 22_000;

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

/** Which storages and nodes there are, with backups or without; `whole` unless some cluster or node tells nothing of its own. */
interface Known {
  readonly storages: string[];
  readonly nodes: string[];
  readonly whole: boolean;
}

/** The backups of all storages. */
type Listing = Reading & { readonly known: Known };

type Stores = Awaited<ReturnType<typeof storageParts>>["storages"];

/** A storage with the nodes through which it can be asked, the best first. */
type Site = Place & { readonly others: readonly string[] };

/** A shared storage is asked once, through a node that reaches it; a local one on each node. */
const sitesOf = (stores: Stores, wanted: Wanted, offline: ReadonlySet<string>): Site[] =>
  stores
    .filter((one) => one.content.includes("backup") && one.active)
    .filter(({ storage }) => wanted.storage === undefined || storage === wanted.storage)
    .flatMap(({ cluster, storage, node, nodes, shared, type }) => {
      const reach = node === null ? nodes : [node];
      const named = wanted.node === undefined ? reach : reach.filter((name) => name === wanted.node);
      const isOff = (name: string) => Number(offline.has(`${cluster}/${name}`));
      const [first, ...others] = named.toSorted((a, b) => isOff(a) - isOff(b)).slice(0, MOST_NODES);
      return first === undefined ? [] : [{ cluster, storage, node: first, others, shared, type }];
    });

/** Storages that hold backups and tell nothing now: what lies there is not gone. */
const silent = (storages: Stores): Warning[] =>
  storages
    .filter((one) => one.content.includes("backup") && !one.active)
    .map(({ id }) => ({
      code: "storage.inactive",
      detail: `storage ${id} is not active; its backups are not listed`,
    }));

async function ask(world: World, place: Place, vmid: number | undefined): Promise<Reading> {
  const proxmox = await Cluster.connect(world, place.cluster);
  const entries = await backupsOn(proxmox, { node: place.node, storage: place.storage }, vmid);
  return { backups: entries.map((entry) => toBackup(place, entry)), places: [place], warnings: [] };
}

/** What is known of a storage that tells nothing. */
function nothing(place: Place, { code, message }: Pick<Fault, "code" | "message">): Reading {
  const where = `storage ${place.storage} of cluster ${place.cluster}${place.shared ? "" : ` on ${place.node}`}`;
  return { backups: [], places: [], warnings: [{ code, detail: `${where} tells nothing: ${message}` }] };
}

/** The end of waiting for a storage. */
async function tooLate({ clock }: World, site: Site, end: number): Promise<Reading> {
  await clock.sleep(Math.max(0, end - clock.now().getTime()));
  return nothing(site, {
    code: "storage.slow",
    message: `it did not answer within ${MOST_MS / 1000} s`,
  });
}

/** Asks a storage, through another node should the first one not answer. What a storage does not tell is a warning. */
async function on(world: World, site: Site, vmid: number | undefined): Promise<Reading> {
  const { others, ...place } = site;
  try {
    return await ask(world, place, vmid);
  } catch (error) {
    if (!(error instanceof ProxmoxError) && !(error instanceof Fault)) throw error;
    const [next] = others;
    if (next !== undefined) return on(world, { ...place, node: next, others: others.slice(1) }, vmid);
    return nothing(place, error instanceof ProxmoxError ? toFault(error) : error);
  }
}

/** Backups as the storages list them at this moment, each once, newest first. */
export async function readBackups(world: World, wanted: Wanted = {}): Promise<Listing> {
  const end = world.clock.now().getTime() + MOST_MS;
  const { storages, away, warnings } = await storageParts(world, wanted.cluster);
  const sites = sitesOf(storages, wanted, new Set(away));
  const parts = await pooled(sites, WIDTH, (site) =>
    Promise.race([on(world, site, wanted.vmid), tooLate(world, site, end)]),
  );
  const backups = parts.flatMap((part) => part.backups);
  return {
    backups: backups.toSorted((a, b) =>
      a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : a.volid < b.volid ? -1 : 1,
    ),
    places: parts.flatMap((part) => part.places),
    warnings: [...warnings, ...silent(storages), ...parts.flatMap((part) => part.warnings)],
    known: {
      storages: storages.map(({ storage }) => storage),
      nodes: [...storages.flatMap(({ nodes }) => nodes), ...away.map((id) => id.split("/")[1] ?? "")],
      whole: warnings.length === 0,
    },
  };
}
