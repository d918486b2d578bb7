import type { World } from "../context.ts";
import { ask } from "./ask.ts";
import type { Listing } from "./listing.ts";

/** A listing under way. */
interface Flight {
  readonly begun: number;
  readonly listing: Promise<Listing>;
}

/** By what reaches Proxmox from here, and by cluster. */
const flights = new WeakMap<World["dial"], Map<string, Flight>>();

function of({ dial }: World): Map<string, Flight> {
  const known = flights.get(dial) ?? new Map<string, Flight>();
  flights.set(dial, known);
  return known;
}

function begin(world: World, cluster: string): Promise<Listing> {
  const known = of(world);
  const begun = world.clock.now().getTime();
  const flight: Flight = { begun, listing: ask(world, cluster) };
  known.set(cluster, flight);
  const land = () => {
    if (known.get(cluster) === flight) known.delete(cluster);
  };
  flight.listing.then(land, land);
  return flight.listing;
}

/**
 * A listing that begins no earlier than `since`, when its caller began to ask. However many ask at once, one process asks
 * a cluster for one at a time: who comes while an earlier one is under way shares the next (decision 0063).
 */
export function askSince(world: World, cluster: string, since: Date): Promise<Listing> {
  const known = of(world);
  const flight = known.get(cluster);
  if (!flight) return begin(world, cluster);
  if (flight.begun >= since.getTime()) return flight.listing;
  const follow = () => known.get(cluster)?.listing ?? begin(world, cluster);
  return flight.listing.then(follow, follow);
}
