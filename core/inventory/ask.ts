import type { World } from "../context.ts";
import * as Cluster from "../cluster/index.ts";
import { resources } from "../proxmox/index.ts";
import { toGuest, type Guest } from "./guest.ts";

/** Everything that a cluster has, at one instant. */
export interface Listing {
  readonly asOf: string;
  readonly guests: readonly Guest[];
  readonly nodes: readonly { readonly name: string; readonly online: boolean }[];
}

/** Asks a cluster for all its guests and nodes: one request, however many there are. */
export async function ask(world: World, cluster: string): Promise<Listing> {
  const proxmox = await Cluster.connect(world, cluster);
  const asOf = world.clock.now().toISOString();
  const found = await resources(proxmox);
  const guests = found.guests.map((row) => toGuest(cluster, row)).toSorted((a, b) => a.vmid - b.vmid);
  return {
    asOf,
    guests,
    nodes: found.nodes.map((node) => ({ name: node.node, online: node.status === "online" })),
  };
}
