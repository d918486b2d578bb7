import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { pooled } from "../lib/pool.ts";
import { nodes, spread, type Choice, type Node } from "../placement/index.ts";
import { asFault, ProxmoxError } from "../proxmox/index.ts";
import { drivesOf, type Disk } from "../disk/index.ts";
import type { BulkInput } from "./bulk-input.ts";
import { heldBy } from "./destination.ts";
import { needsOf } from "./needs.ts";

/** With more guests than this their disks are not looked at for the plan: what a node lacks is found when it is their turn. */
const MOST = 100;
const WIDTH = 8;

/** What is known of each cluster that guests were chosen in. */
export interface Known {
  readonly nodes: readonly Node[];
  readonly choices: ReadonlyMap<string, Choice>;
}

async function disksOf(
  ctx: Context,
  guests: readonly Guest[],
): Promise<ReadonlyMap<string, readonly Disk[]>> {
  if (guests.length > MOST) return new Map();
  const look = async (guest: Guest) => {
    const proxmox = await Cluster.connect(ctx, guest.cluster);
    const disks = await drivesOf(proxmox, guest).catch((error: unknown) => {
      if (error instanceof ProxmoxError) return [];
      throw error;
    });
    return [guest.id, disks] as const;
  };
  return new Map(await pooled(guests, WIDTH, look));
}

async function nodesOf(ctx: Context, cluster: string): Promise<Node[]> {
  const proxmox = await Cluster.connect(ctx, cluster);
  return nodes(proxmox, { maintenance: true }).catch(asFault);
}

/** Chooses nodes for guests for which none was named. */
async function choicesFor(ctx: Context, guests: readonly Guest[], found: readonly Node[], input: BulkInput) {
  const movable = guests.filter((guest) => !heldBy(guest, { said: undefined, mounts: [] }, input));
  const disks = await disksOf(ctx, movable);
  return spread(
    found,
    movable.map((guest) => {
      const needs = needsOf(guest, disks.get(guest.id) ?? [], found, input);
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
  const one = async ([cluster, members]: (typeof clusters)[number]): Promise<[string, Known]> => {
    const found = await nodesOf(ctx, cluster);
    const named = input.target !== undefined;
    return [
      cluster,
      { nodes: found, choices: named ? new Map() : await choicesFor(ctx, members, found, input) },
    ];
  };
  return new Map(await Promise.all(clusters.map(one)));
}
