import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { pooled } from "../lib/pool.ts";
import { nodes, spread, type Choice, type Node } from "../placement/index.ts";
import { asFault, ProxmoxError } from "../proxmox/index.ts";
import type { BulkInput } from "./bulk-input.ts";
import { heldBy } from "./destination.ts";
import { learnGuest, NOT_LOOKED_AT, type Facts, type OfGuest } from "./learn.ts";
import { needsOf } from "./needs.ts";

/** With more guests than this they are not looked at for the plan: what stands in the way is found when it is their turn. */
const MOST = 100;
const WIDTH = 8;

/** What is known of each cluster that guests were chosen in. */
export interface Known {
  readonly nodes: readonly Node[];
  readonly choices: ReadonlyMap<string, Choice>;
  /** By the guest's id; without those that were not looked at. */
  readonly guests: ReadonlyMap<string, OfGuest>;
}

/** What the guests themselves tell, as far as they answer. */
async function guestsOf(ctx: Context, guests: readonly Guest[]): Promise<ReadonlyMap<string, OfGuest>> {
  if (guests.length > MOST) return new Map();
  const found = await pooled(guests, WIDTH, async (guest) => {
    const proxmox = await Cluster.connect(ctx, guest.cluster);
    const known = await learnGuest(proxmox, guest).catch((error: unknown) => {
      if (error instanceof ProxmoxError) return undefined;
      throw error;
    });
    return known ? [[guest.id, known] as const] : [];
  });
  return new Map(found.flat());
}

/** What is known of one guest, and of the nodes. Pure. */
export const factsOf = (guest: Guest, { nodes: found, guests }: Pick<Known, "nodes" | "guests">): Facts => ({
  nodes: found,
  ...(guests.get(guest.id) ?? NOT_LOOKED_AT),
});

async function nodesOf(ctx: Context, cluster: string): Promise<Node[]> {
  const proxmox = await Cluster.connect(ctx, cluster);
  return nodes(proxmox, { maintenance: true }).catch(asFault);
}

/** Chooses nodes for guests for which none was named. Pure. */
function choicesFor(guests: readonly Guest[], known: Pick<Known, "nodes" | "guests">, input: BulkInput) {
  const movable = guests.filter((guest) => !heldBy(guest, factsOf(guest, known), input));
  return spread(
    known.nodes,
    movable.map((guest) => {
      const needs = needsOf(guest, factsOf(guest, known).disks, known.nodes, input);
      return { id: guest.id, node: guest.node, needs };
    }),
  );
}

/** Looks at the clusters of these guests, and chooses nodes where none was named. */
export async function learnAll(
  ctx: Context,
  guests: readonly Guest[],
  input: BulkInput,
): Promise<Map<string, Known>> {
  const clusters = [...Map.groupBy(guests, ({ cluster }) => cluster)];
  // A container that runs stays without `restart`, whatever it has.
  const movable = guests.filter((guest) => !heldBy(guest, { nodes: [], ...NOT_LOOKED_AT }, input));
  const looked = await guestsOf(ctx, movable);
  const one = async ([cluster, members]: (typeof clusters)[number]): Promise<[string, Known]> => {
    const known = { nodes: await nodesOf(ctx, cluster), guests: looked };
    const choices =
      input.target === undefined ? choicesFor(members, known, input) : new Map<string, Choice>();
    return [cluster, { ...known, choices }];
  };
  return new Map(await Promise.all(clusters.map(one)));
}
