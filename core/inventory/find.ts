import type { World } from "../context.ts";
import * as Cluster from "../cluster/index.ts";
import { Fault } from "../lib/fault.ts";
import { memo } from "../lib/memo.ts";
import { asFault } from "../proxmox/index.ts";
import { ageMs, STALE_SECONDS } from "./age.ts";
import { askSince } from "./flight.ts";
import type { Guest, Profile } from "./guest.ts";
import type { Listing } from "./listing.ts";
import { faultOf, poll } from "./poll.ts";
import { loadGuest, loadHeader, loadProfile } from "./store.ts";

const missing = (cluster: string, vmid: number) =>
  new Fault("missing", "vm.missing", `Cluster ${cluster} has no guest ${vmid}, or its token may not see it.`);

async function asked(world: World, cluster: string, vmid: number, since: Date): Promise<Guest> {
  const { guests } = await askSince(world, cluster, since).catch(asFault);
  const found = guests.find((guest) => guest.vmid === vmid);
  if (!found) throw missing(cluster, vmid);
  return found;
}

/** One guest, or 404. The inventory may not know a new guest yet, so Proxmox is asked before saying so. */
export async function find(world: World, cluster: string, vmid: number, fresh = false): Promise<Guest> {
  const since = world.clock.now();
  await Cluster.byId(world, cluster);
  const known = fresh ? undefined : await loadGuest(world, cluster, vmid);
  return known ?? asked(world, cluster, vmid, since);
}

const polls = memo<void>(1000);

/** Whether the inventory is newer than that, at the latest when this has listed the cluster; those who ask at once share it. */
async function renewed(world: World, cluster: string, since: Date): Promise<boolean> {
  const header = await loadHeader(world, cluster);
  const isNew = header && !header.outdated && ageMs(header.asOf, world.clock.now()) < Infinity;
  if (isNew && Date.parse(header.asOf) > since.getTime()) return true;
  await polls(world.store, cluster, world.clock.now(), () => poll(world, cluster)).catch(asFault);
  return true;
}

/**
 * Where a guest is and what policy asks of it, or 404: one small read that may lag behind, for Proxmox judges the place
 * itself. With `since` it is what was listed after that: for whoever found that the guest is not where it was.
 */
export async function locate(world: World, cluster: string, vmid: number, since?: Date): Promise<Profile> {
  await Cluster.recall(world, cluster);
  const listed = since !== undefined && (await renewed(world, cluster, since));
  const recent = listed ? undefined : await loadProfile(world, cluster, vmid, { eventual: true });
  const known = recent ?? (await loadProfile(world, cluster, vmid));
  if (known) return known;
  if (listed) throw missing(cluster, vmid);
  return asked(world, cluster, vmid, world.clock.now());
}

/** Lists a cluster anew if what is known of it is too old to decide by; whoever cannot is left with what is known. */
export async function renew(world: World, cluster: string): Promise<void> {
  const since = new Date(world.clock.now().getTime() - STALE_SECONDS * 1000);
  await renewed(world, cluster, since).catch(faultOf);
}

/** The nodes of a cluster as they were listed last. */
export const nodesOf = async (world: World, cluster: string): Promise<Listing["nodes"]> =>
  (await loadHeader(world, cluster))?.nodes ?? [];
