import * as Cluster from "../cluster/index.ts";
import type { Context, World } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import { pooled } from "../lib/pool.ts";
import { asFault, canSnapshot, type SnapshotEntry } from "../proxmox/index.ts";
import { ask } from "./ask.ts";

/** With more guests than this each is looked at when it is its turn, and not for the plan. */
const MOST = 100;
/** What a plan only saves a vain request, it asks of so few. */
const FEW = 20;
const WIDTH = 8;

/**
 * What Proxmox says of each guest, by the guest's id, without those of which nothing could be learnt; nothing at all when
 * there are too many for a plan. A node that does not answer is not asked again.
 */
async function each<T>(guests: readonly Guest[], most: number, learn: (guest: Guest) => Promise<T>) {
  if (guests.length > most) return new Map<string, T>();
  const silent = new Set<string>();
  const found = await pooled(guests, WIDTH, async (guest) => {
    const place = `${guest.cluster}/${guest.node}`;
    if (silent.has(place)) return [];
    try {
      return [[guest.id, await learn(guest)] as const];
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.kind === "unreachable") silent.add(place);
      return [];
    }
  });
  return new Map(found.flat());
}

/** The snapshots of guests. */
export const lookAt = (
  world: World,
  guests: readonly Guest[],
): Promise<ReadonlyMap<string, readonly SnapshotEntry[]>> => each(guests, MOST, (guest) => ask(world, guest));

/**
 * Whether a snapshot can be taken of guests. A dry run has no other way to tell; what is carried out is refused by Proxmox
 * all the same, so that of many it would only cost a request for each.
 */
export const whichCan = (ctx: Context, guests: readonly Guest[]): Promise<ReadonlyMap<string, boolean>> =>
  each(guests, ctx.dryRun ? MOST : FEW, async (guest) =>
    canSnapshot(await Cluster.connect(ctx, guest.cluster), guest).catch(asFault),
  );
