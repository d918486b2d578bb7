import type { World } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import { pooled } from "../lib/pool.ts";
import type { SnapshotEntry } from "../proxmox/index.ts";
import { ask } from "./ask.ts";

/** With more guests than this their snapshots are looked at when it is their turn, and not for the plan. */
const MOST = 100;
const WIDTH = 8;

async function look(world: World, guest: Guest) {
  const found = await ask(world, guest).catch((error: unknown) => {
    if (error instanceof Fault) return undefined;
    throw error;
  });
  return found ? [[guest.id, found] as const] : [];
}

/** The snapshots of guests, by the guest's id, without those that do not answer; none when there are too many guests for a plan. */
export async function lookAt(
  world: World,
  guests: readonly Guest[],
): Promise<ReadonlyMap<string, readonly SnapshotEntry[]>> {
  if (guests.length > MOST) return new Map();
  return new Map((await pooled(guests, WIDTH, (guest) => look(world, guest))).flat());
}
