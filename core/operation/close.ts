import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { listAnew, outdate } from "../inventory/index.ts";
import { loadItem } from "./item.ts";
import { isDone, laneKey, loadLane, operationOf, nameOf, type LaneRow } from "./lane.ts";
import { clusterOf } from "./message.ts";
import { Counts, NO_COUNTS, sum, verdict } from "./counts.ts";
import { loadOperation, operationKey, type OperationRow } from "./operation.ts";
import { releaseLane } from "./pool.ts";

const ignoreLostRace = (error: unknown) => {
  if (!(error instanceof LostRace)) throw error;
};

/**
 * Moves the counts of a lane whose items have all ended into its operation; no-op for any other. The lane
 * goes last, so that whoever finds it after a worker's death does the rest: every step may be done twice.
 */
export async function closeLane(world: World, lane: string, operation: OperationRow): Promise<void> {
  const open = await loadLane(world, lane, operation);
  if (open && !isDone(open)) return;
  if (open) {
    const set = { [`closed.${lane}`]: Counts.parse(open) };
    await world.store
      .write([{ table: "History", update: operationKey(operation.id), set, when: { exists: true } }])
      .catch(ignoreLostRace);
  }
  await finish(world, operation.id);
  if (open) await releaseLane(world, open.pools, { operation: operation.id, from: open.from, to: open.to });
  if (open) await world.store.write([{ table: "History", remove: laneKey(lane, operation) }]);
}

/** Closes those of these lanes that are done but stand open, because a worker died before it closed them. */
export async function closeLanes(world: World, lanes: readonly LaneRow[]): Promise<void> {
  for (const row of lanes) {
    const operation = isDone(row) ? await loadOperation(world, operationOf(row)) : undefined;
    if (operation) await closeLane(world, nameOf(row), operation);
  }
}

/** The counts of a finished operation; undefined while a lane is open. */
function finalCounts(operation: OperationRow): Counts | undefined {
  const closed = operation.lanes.map((lane) => operation.closed[lane]);
  const parts = closed.filter((counts) => counts !== undefined);
  if (!operation.expanded || parts.length < closed.length) return undefined;
  return sum([...parts, { ...NO_COUNTS, skipped: operation.leftOut }]);
}

/** A plan does not look at the tags of a guest: that it has them already is no refusal that came late. */
const FULFILLED = "tag.unchanged";

/** How an operation ends; a single call with the error of its item. */
async function endOf(world: World, operation: OperationRow, counts: Counts) {
  const state = verdict(operation, counts);
  const item = state === "failed" && !operation.bulk ? await loadItem(world, operation.id, 0) : undefined;
  if (item?.state === "skipped" && item.error?.code === FULFILLED) return { state: "skipped", error: null };
  return { state, error: item?.error ?? null };
}

/** Whoever is told that an operation has ended finds in the inventory what it did, or that it cannot be known there yet. */
async function showDone(world: World, { listed, lanes }: OperationRow): Promise<void> {
  if (!listed) return;
  const shown = [...new Set(lanes.map(clusterOf))].map(async (cluster) => {
    if (!(await listAnew(world, cluster))) await outdate(world, cluster);
  });
  await Promise.all(shown);
}

/** Ends an operation whose lanes are all closed; no-op for any other, and when it has ended already. */
export async function finish(world: World, id: string): Promise<void> {
  const operation = await loadOperation(world, id);
  const counts = operation?.state === "open" ? finalCounts(operation) : undefined;
  if (!operation || !counts) return;
  await showDone(world, operation);
  const set = { ...(await endOf(world, operation, counts)), finishedAt: world.clock.now().toISOString() };
  await world.store
    .write([{ table: "History", update: operationKey(id), set, when: { equals: { state: "open" } } }])
    .catch(ignoreLostRace);
}
