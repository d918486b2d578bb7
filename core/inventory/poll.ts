import type { World } from "../context.ts";
import * as Cluster from "../cluster/index.ts";
import { Fault } from "../lib/fault.ts";
import { ProxmoxError } from "../proxmox/index.ts";
import { ask, type Listing } from "./ask.ts";
import { load, save, type Kept } from "./store.ts";

const SHRUNK = 0.8;
/** A cluster that goes on showing fewer guests for this long has really lost them. */
const BELIEVE_AFTER_MS = 600_000;

/**
 * What to keep of a new listing. A token that lost its rights gets 200 and a short list, so an empty or
 * much shorter one is suspect: the guests known before stay, until it has stayed so for ten minutes.
 */
export function accept(before: Kept | undefined, listing: Listing): Kept {
  if (!before || listing.guests.length >= before.guests.length * SHRUNK) return { ...listing, suspect: null };
  const since = before.suspect ?? listing.asOf;
  const old = Date.parse(listing.asOf) - Date.parse(since) >= BELIEVE_AFTER_MS;
  if (old && listing.guests.length > 0) return { ...listing, suspect: null };
  return { ...before, asOf: listing.asOf, suspect: since };
}

/** Asks a cluster and keeps what it says, unless a listing not older than `maxAgeSeconds` is there. */
export async function poll(world: World, cluster: string, maxAgeSeconds = 0): Promise<void> {
  const before = await load(world, cluster);
  const age = before ? world.clock.now().getTime() - Date.parse(before.asOf) : Infinity;
  if (age < maxAgeSeconds * 1000) return;
  await save(world, cluster, accept(before, await ask(world, cluster)));
}

/** The same for whoever can go on without: a cluster that does not answer is for the log. */
export async function refresh(world: World, cluster: string, maxAgeSeconds = 0): Promise<void> {
  try {
    await poll(world, cluster, maxAgeSeconds);
  } catch (error) {
    if (!(error instanceof ProxmoxError) && !(error instanceof Fault)) throw error;
    world.log.warn("inventory", { cluster, reason: error.message });
  }
}

/** Asks every cluster; one that does not answer does not keep the others from being asked. */
export async function pollAll(world: World): Promise<void> {
  for (const { id } of await Cluster.all(world)) await refresh(world, id);
}
