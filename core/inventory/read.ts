import type { World } from "../context.ts";
import * as Cluster from "../cluster/index.ts";
import type { Warning } from "../lib/page.ts";
import { isStale } from "./age.ts";
import { askSince } from "./flight.ts";
import type { Guest } from "./guest.ts";
import { faultOf, suspectSince } from "./poll.ts";
import { remarks, type Known } from "./remarks.ts";
import { sightOf } from "./sight.ts";
import { load, loadHeader, untoldOf, type Where } from "./store.ts";

/** What one cluster told, or why it told nothing. */
interface Part {
  readonly cluster: string;
  readonly guests: readonly Guest[];
  readonly asOf: string;
  readonly warnings: readonly Warning[];
  /** Why nobody can say which guests there are. */
  readonly silent?: Warning;
  /** Whether it is too old to decide by. */
  readonly stale: boolean;
}

/** Guests of one or all clusters, with what is missing and why. `asOf` is that of the oldest part. */
export interface Reading {
  readonly guests: readonly Guest[];
  readonly asOf: string;
  readonly partial: boolean;
  readonly warnings: readonly Warning[];
  readonly parts: readonly Omit<Part, "guests">[];
}

/** What is to be read. */
interface Wanted {
  readonly clusters?: readonly string[];
  readonly fresh?: boolean;
  readonly where: Where;
}

/** What is read of a cluster; what `fresh` shows was asked for after `since`. */
interface Asked {
  readonly fresh: boolean;
  readonly where: Where;
  readonly since: Date;
}

/** What is known of a cluster, in the words of a reader. A token that sees no guest tells nothing of them. */
function told(world: World, cluster: string, guests: readonly Guest[], known: Known): Part {
  const now = world.clock.now();
  const warnings = remarks(cluster, known, now);
  const [lack] = warnings.filter(({ code }) => code === "proxmox.privilege");
  const stale = isStale(known.asOf, now) || known.outdated;
  const silent = known.sight === "none" && lack ? { silent: lack } : {};
  return { cluster, guests, asOf: known.asOf, warnings, ...silent, stale };
}

async function fromProxmox(world: World, cluster: string, { where, since }: Asked): Promise<Part> {
  const [listing, header] = await Promise.all([askSince(world, cluster, since), loadHeader(world, cluster)]);
  const suspect = suspectSince(header, listing);
  const { sight } = await sightOf(world, cluster, { listing, suspect, before: header });
  const known = {
    ...listing,
    suspect,
    sight,
    failure: null,
    outdated: false,
    untold: untoldOf(listing.guests),
  };
  return told(world, cluster, listing.guests.filter(where), known);
}

async function fromInventory(world: World, cluster: string, asked: Asked): Promise<Part> {
  const kept = await load(world, cluster, asked.where);
  return kept ? told(world, cluster, kept.guests, kept) : fromProxmox(world, cluster, asked);
}

/** A cluster that does not answer is a warning; the last known guests stand in for it where there are any. */
async function part(world: World, cluster: string, asked: Asked): Promise<Part> {
  const { fresh, where } = asked;
  try {
    return fresh ? await fromProxmox(world, cluster, asked) : await fromInventory(world, cluster, asked);
  } catch (error) {
    const fault = faultOf(error);
    const kept = await load(world, cluster, where);
    const silent = { code: fault.code, detail: `cluster ${cluster} tells nothing: ${fault.message}` };
    const asOf = kept?.asOf ?? world.clock.now().toISOString();
    const stale = isStale(asOf, world.clock.now()) || kept?.outdated === true;
    return { cluster, guests: kept?.guests ?? [], asOf, warnings: [silent], silent, stale };
  }
}

/** All guests of all clusters, or of those named, or that are wanted; from the inventory, or from Proxmox itself when `fresh`. */
export async function readAll(world: World, wanted: Partial<Wanted> = {}): Promise<Reading> {
  const { where = () => true, fresh = false } = wanted;
  const asked = { where, fresh, since: world.clock.now() };
  const clusters = (await Cluster.all(world)).filter(
    (cluster) => wanted.clusters?.includes(cluster.id) ?? true,
  );
  const parts = await Promise.all(clusters.map((cluster) => part(world, cluster.id, asked)));
  const ages = parts.map((one) => one.asOf).toSorted();
  const warnings = parts.flatMap((one) => one.warnings);
  return {
    guests: parts.flatMap((one) => one.guests),
    asOf: ages[0] ?? world.clock.now().toISOString(),
    partial: warnings.length > 0,
    warnings,
    parts,
  };
}
