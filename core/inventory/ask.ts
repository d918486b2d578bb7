import type { World } from "../context.ts";
import * as Cluster from "../cluster/index.ts";
import { resources } from "../proxmox/index.ts";
import { described } from "./described.ts";
import { isTold, toGuest } from "./guest.ts";
import type { Listing } from "./listing.ts";
import { load } from "./store.ts";

/**
 * Asks a cluster for all its guests and nodes: one request, however many there are. What Proxmox does not tell of a guest
 * stays as it was known; one of which nothing was known yet is asked for its configuration.
 */
export async function ask(world: World, cluster: string): Promise<Listing> {
  const proxmox = await Cluster.connect(world, cluster);
  const asOf = world.clock.now().toISOString();
  const found = await resources(proxmox);
  const before = found.guests.every(isTold) ? undefined : await load(world, cluster);
  const known = new Map(before?.guests.map((guest) => [guest.vmid, guest]));
  const nodes = found.nodes.map((node) => ({ name: node.node, online: node.status === "online" }));
  const guests = found.guests.map((row) => toGuest(cluster, row, known.get(row.vmid), before?.asOf));
  const whole = await described(proxmox, guests, nodes);
  return { asOf, guests: whole.toSorted((a, b) => a.vmid - b.vmid), nodes };
}
