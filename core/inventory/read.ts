import type { World } from "../context.ts";
import * as Cluster from "../cluster/index.ts";
import { Fault } from "../lib/fault.ts";
import type { Warning } from "../lib/page.ts";
import { ProxmoxError, toFault } from "../proxmox/index.ts";
import { ask } from "./ask.ts";
import type { Guest } from "./guest.ts";
import { suspectSince } from "./poll.ts";
import { load, loadHeader, type Where } from "./store.ts";

/** Guests of one or all clusters, with what is missing and why. `asOf` is that of the oldest part. */
export interface Reading {
  readonly guests: readonly Guest[];
  readonly asOf: string;
  readonly partial: boolean;
  readonly warnings: readonly Warning[];
  /** Why a cluster told nothing at all, for each of those. */
  readonly silent: readonly Warning[];
}

/** What is to be read. */
interface Wanted {
  readonly clusters?: readonly string[];
  readonly fresh?: boolean;
  readonly where: Where;
}

interface Part {
  readonly guests: readonly Guest[];
  readonly asOf: string;
  readonly missing: boolean;
  readonly silent?: true;
  readonly warnings: readonly Warning[];
}

async function fromProxmox(world: World, cluster: string, where: Where): Promise<Part> {
  const [listing, header] = await Promise.all([ask(world, cluster), loadHeader(world, cluster)]);
  const since = suspectSince(header, listing);
  const text = `cluster ${cluster} shows far fewer guests than before; the others may be out of its token's sight`;
  const offline = listing.nodes.filter((node) => !node.online);
  const warnings = [
    ...(since === null ? [] : [{ code: "inventory.suspect", detail: text }]),
    ...offline.map((node) => ({
      code: "node.offline",
      detail: `node ${node.name} of cluster ${cluster} is offline; what is shown of its guests is old`,
    })),
  ];
  return { guests: listing.guests.filter(where), asOf: listing.asOf, missing: warnings.length > 0, warnings };
}

async function fromInventory(world: World, cluster: string, where: Where): Promise<Part> {
  const kept = await load(world, cluster, where);
  if (!kept) return fromProxmox(world, cluster, where);
  const text = `cluster ${cluster} shows far fewer guests than before since ${kept.suspect}; the ones known then are listed`;
  const suspect = kept.suspect === null ? [] : [{ code: "inventory.suspect", detail: text }];
  const offline = kept.nodes
    .filter((node) => !node.online)
    .map((node) => ({ code: "node.offline", detail: `node ${node.name} of cluster ${cluster} is offline` }));
  const warnings = [...suspect, ...offline];
  return { guests: kept.guests, asOf: kept.asOf, missing: warnings.length > 0, warnings };
}

/** A cluster that does not answer is a warning; the last known guests stand in for it where there are any. */
async function part(world: World, cluster: string, { fresh = false, where }: Wanted): Promise<Part> {
  try {
    return fresh ? await fromProxmox(world, cluster, where) : await fromInventory(world, cluster, where);
  } catch (error) {
    if (!(error instanceof ProxmoxError) && !(error instanceof Fault)) throw error;
    const kept = await load(world, cluster, where);
    const fault = error instanceof ProxmoxError ? toFault(error) : error;
    const warnings = [{ code: fault.code, detail: `cluster ${cluster} tells nothing: ${fault.message}` }];
    const asOf = kept?.asOf ?? world.clock.now().toISOString();
    return { guests: kept?.guests ?? [], asOf, missing: true, silent: true, warnings };
  }
}

/** All guests of all clusters, or of those named, or that are wanted; from the inventory, or from Proxmox itself when `fresh`. */
export async function readAll(world: World, wanted: Partial<Wanted> = {}): Promise<Reading> {
  const { where = () => true, fresh = false } = wanted;
  const clusters = (await Cluster.all(world)).filter(
    (cluster) => wanted.clusters?.includes(cluster.id) ?? true,
  );
  const parts = await Promise.all(clusters.map((cluster) => part(world, cluster.id, { fresh, where })));
  const ages = parts.map((one) => one.asOf).toSorted();
  return {
    guests: parts.flatMap((one) => one.guests),
    asOf: ages[0] ?? world.clock.now().toISOString(),
    partial: parts.some((one) => one.missing),
    warnings: parts.flatMap((one) => one.warnings),
    silent: parts.filter((one) => one.silent).flatMap((one) => one.warnings),
  };
}
