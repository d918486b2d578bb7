import * as z from "zod";
import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { clusterOf, type FollowMessage } from "./message.ts";

/**
 * A node has one watcher at most: the message whose generation is the newest. `due` is when it should look
 * next; one that is long overdue is dead, and whoever notices sends the next generation. A message is sent
 * before its generation is written: a sender that dies in between leaves a message too many, never none.
 */
const WatchRow = z.object({ generation: z.number(), owner: z.string(), due: z.number(), idle: z.boolean() });

const OVERDUE_MS = 60_000;

const watchKey = (lane: string) => ({ pk: `watch#${lane}`, sk: "watch" });

async function load(world: World, lane: string) {
  const row = await world.store.get("Runtime", watchKey(lane));
  return row ? WatchRow.parse(row) : undefined;
}

async function send(world: World, message: Omit<FollowMessage, "v" | "kind">, delaySeconds: number) {
  const body = JSON.stringify({ v: 1, kind: "follow", ...message });
  await world.queue.send("Follow", [{ body, group: clusterOf(message.lane), delaySeconds }]);
}

/** Writes a later generation, the next one if no other is named; false when another was faster. */
async function advance(
  world: World,
  lane: string,
  from: number | undefined,
  next: { owner: string; due: number; idle: boolean; generation?: number },
) {
  const put = { ...watchKey(lane), generation: (from ?? 0) + 1, ...next };
  const when = from === undefined ? { exists: false } : { equals: { generation: from } };
  try {
    await world.store.write([{ table: "Runtime", put, when }]);
    return true;
  } catch (error) {
    if (error instanceof LostRace) return false;
    throw error;
  }
}

/** Sees to it that a watcher looks at the node within `delaySeconds`. Call it after the work is stored. */
export async function wake(world: World, lane: string, delaySeconds: number): Promise<void> {
  const now = world.clock.now().getTime();
  const due = now + delaySeconds * 1000;
  const row = await load(world, lane);
  const soon = row && !row.idle && row.due <= due + 1000 && row.due > now - OVERDUE_MS;
  if (soon) return;
  await send(world, { lane, generation: (row?.generation ?? 0) + 1, quiet: 0 }, delaySeconds);
  await advance(world, lane, row?.generation, { owner: "", due, idle: false });
}

/**
 * Makes a message the watcher of its node; false for an old one. A second delivery of the same message may go
 * on, and so may one whose sender has not written its generation yet.
 */
export async function claim(world: World, message: FollowMessage, owner: string): Promise<boolean> {
  const row = await load(world, message.lane);
  const current = row?.generation ?? 0;
  const generation = message.generation + 1;
  if (current === generation && row?.owner === owner) return true;
  if (current !== message.generation && current !== message.generation - 1) return false;
  const due = world.clock.now().getTime() + OVERDUE_MS;
  return advance(world, message.lane, row?.generation, { owner, due, idle: false, generation });
}

/** Looks again after a pause, as the generation that follows the claimed one. */
export async function rest(
  world: World,
  message: FollowMessage,
  next: { delaySeconds: number; quiet: number },
): Promise<void> {
  const claimed = message.generation + 1;
  const due = world.clock.now().getTime() + next.delaySeconds * 1000;
  await send(world, { lane: message.lane, generation: claimed + 1, quiet: next.quiet }, next.delaySeconds);
  await advance(world, message.lane, claimed, { owner: "", due, idle: false });
}

/** Ends the watch; the caller looks once more for work that came at this moment. */
export async function sleepNow(world: World, message: FollowMessage): Promise<void> {
  const due = world.clock.now().getTime();
  await advance(world, message.lane, message.generation + 1, { owner: "", due, idle: true });
}

/** Whether a node's watcher is idle, dead or not there. */
export async function unwatched(world: World, lane: string): Promise<boolean> {
  const row = await load(world, lane);
  return !row || row.idle || row.due < world.clock.now().getTime() - OVERDUE_MS;
}
