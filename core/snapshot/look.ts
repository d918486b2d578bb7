import type { World } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { pooled } from "../lib/pool.ts";
import type { SnapshotEntry } from "../proxmox/index.ts";
import { ask } from "./ask.ts";

/** With more guests than this their snapshots are looked at when it is their turn, and not for the plan. */
const MOST = 100;
const WIDTH = 8;

/** The snapshots of guests, by the guest's id; undefined when there are too many guests to look at each for a plan. */
export async function lookAt(
  world: World,
  guests: readonly Guest[],
): Promise<ReadonlyMap<string, readonly SnapshotEntry[]> | undefined> {
  if (guests.length > MOST) return undefined;
  const found = await pooled(guests, WIDTH, async (guest) => [guest.id, await ask(world, guest)] as const);
  return new Map(found);
}
