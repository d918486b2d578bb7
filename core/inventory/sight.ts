import type { World } from "../context.ts";
import * as Cluster from "../cluster/index.ts";
import { sight, type Sight } from "../proxmox/index.ts";
import type { Listing } from "./listing.ts";

/** Asks what a token may see, where a listing lacks guests: no privilege looks like no guests. */
export async function sightOf(
  world: World,
  cluster: string,
  { guests }: Pick<Listing, "guests">,
  suspect: string | null,
): Promise<Sight> {
  if (guests.length > 0 && suspect === null) return "all";
  return sight(await Cluster.connect(world, cluster));
}
