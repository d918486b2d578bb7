import * as z from "zod";
import type { World } from "../context.ts";
import type { Change } from "../db/index.ts";
import { Counts, FINAL, NO_COUNTS, type OperationRow } from "./operation.ts";

/**
 * An operation's items on one node: a run of numbers, of which those below `next` have been started.
 * It is kept under the node, so that the node's watcher finds all that waits for it.
 */
export const LaneRow = Counts.extend({
  pk: z.string(),
  sk: z.string(),
  from: z.number(),
  to: z.number(),
  next: z.number(),
});
export type LaneRow = z.infer<typeof LaneRow>;

/** Where the lanes of a node are. */
const lanePartition = (lane: string) => `lane#${lane}`;

/** The key of an operation's lane on a node. */
export const laneKey = (lane: string, operation: string) => ({ pk: lanePartition(lane), sk: operation });

/** The change that opens a lane for the items `from` to `to` (exclusive). */
export const openLane = (lane: string, operation: string, range: { from: number; to: number }): Change => ({
  table: "History",
  put: { ...laneKey(lane, operation), ...range, next: range.from, ...NO_COUNTS },
  when: { exists: false },
});

/** The lanes of a node that are not done, oldest operation first. */
export async function openLanes(world: World, lane: string, limit = 1000): Promise<LaneRow[]> {
  const rows = await world.store.query({ table: "History", pk: lanePartition(lane), limit });
  return rows.map((row) => LaneRow.parse(row));
}

/** How many items of a lane have ended. */
export const ended = (lane: LaneRow) => FINAL.reduce((total, name) => total + lane[name], 0);

/** The lanes of an operation that are still open, by name. */
export async function lanesOf(world: World, operation: OperationRow): Promise<Map<string, LaneRow>> {
  const open = operation.lanes.filter((lane) => operation.closed[lane] === undefined);
  const found = new Map<string, LaneRow>();
  for (let start = 0; start < open.length; start += 100) {
    const keys = open.slice(start, start + 100).map((lane) => laneKey(lane, operation.id));
    for (const row of await world.store.getMany("History", keys)) {
      found.set(row.pk.slice("lane#".length), LaneRow.parse(row));
    }
  }
  return found;
}
