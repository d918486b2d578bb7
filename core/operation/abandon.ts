import * as Audit from "../audit/index.ts";
import type { World } from "../context.ts";
import { LostRace, sizeOf, type Change } from "../db/index.ts";
import { closeLane } from "./close.ts";
import { itemKey, loadHolders, type ItemRow } from "./item.ts";
import { laneChange, loadLane, type LaneRow } from "./lane.ts";
import { contextOf, operationKey, type OperationRow } from "./operation.ts";
import { roomFor } from "./room.ts";

/** Each item takes two changes of a transaction: its own and its audit row. */
const CHUNK = 40;
const ATTEMPTS = 20;

/** Why items of an operation are given up, and when to leave the rest to the next worker (milliseconds of the epoch). */
export interface Abandoning {
  readonly reason: string;
  readonly until: number;
}

const cancelling = (item: ItemRow, reason: string, finishedAt: string): Change => ({
  table: "History",
  update: itemKey(item.operation, item.n),
  set: { state: "cancelled", reason, error: { code: "operation.stopped", detail: reason }, finishedAt },
  when: { equals: { state: "queued" } },
  bytes: sizeOf(item),
});

/** Cancels up to a chunk of a lane's items and counts them; false when a turn of the node was faster. */
async function chunk(world: World, operation: OperationRow, lane: LaneRow, reason: string): Promise<boolean> {
  const numbers = Array.from(
    { length: Math.min(CHUNK, lane.to - lane.next) },
    (_, index) => `${operation.id}/${lane.next + index}`,
  );
  const found = (await loadHolders(world, numbers)).toSorted((a, b) => a.n - b.n);
  const items = found.slice(
    0,
    roomFor(
      world,
      found.map((item) => ({ item, ending: { state: "cancelled" } })),
    ),
  );
  const end = found.length > items.length ? (items.at(-1)?.n ?? lane.next) + 1 : lane.next + numbers.length;
  const ctx = contextOf(world, operation);
  const entries = items.map(({ action, vm }) =>
    Audit.draft(ctx, { action, target: vm.id, outcome: "cancelled", operation: operation.id, reason }),
  );
  const finishedAt = world.clock.now().toISOString();
  const changes = items.map((item) => cancelling(item, reason, finishedAt));
  const next = { ...lane, next: end, cancelled: lane.cancelled + end - lane.next };
  try {
    await Audit.append(world, entries, [...changes, laneChange(lane, next)]);
    return true;
  } catch (error) {
    if (error instanceof LostRace) return false;
    throw error;
  }
}

/**
 * Cancels the items of a lane that have not been started. Nothing more is started once the operation has its `stop`.
 * False when it could not be done within the time.
 */
export async function abandon(
  world: World,
  lane: string,
  operation: OperationRow,
  { reason, until }: Abandoning,
): Promise<boolean> {
  if (operation.stop === null)
    await world.store.write([
      { table: "History", update: operationKey(operation.id), set: { stop: reason }, when: { exists: true } },
    ]);
  let misses = 0;
  for (let row = await loadLane(world, lane, operation); row && row.next < row.to;) {
    if (world.clock.now().getTime() >= until) return false;
    if (!(await chunk(world, operation, row, reason)) && ++misses > ATTEMPTS) return false;
    row = await loadLane(world, lane, operation);
  }
  await closeLane(world, lane, operation);
  return true;
}
