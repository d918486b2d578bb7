import type { World } from "../context.ts";
import type { Listing } from "./listing.ts";
import { load, NO_FIGURES } from "./store.ts";

/**
 * A listing that is not believed, with those guests and nodes that it lacks as they were known: what it tells is new, and
 * the others are as of then. Undefined while nothing whole is known.
 */
export async function withAbsent(
  world: World,
  cluster: string,
  listing: Listing,
): Promise<Listing | undefined> {
  const known = await load(world, cluster);
  if (!known) return undefined;
  const there = new Set(listing.guests.map(({ vmid }) => vmid));
  const named = new Set(listing.nodes.map(({ name }) => name));
  const absent = known.guests
    .filter(({ vmid }) => !there.has(vmid))
    .map((guest) => ({ ...guest, ...NO_FIGURES, toldAt: guest.toldAt ?? known.asOf }));
  return {
    ...listing,
    guests: [...listing.guests, ...absent].toSorted((a, b) => a.vmid - b.vmid),
    nodes: [...listing.nodes, ...known.nodes.filter(({ name }) => !named.has(name))],
  };
}
