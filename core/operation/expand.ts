import * as Audit from "../audit/index.ts";
import type { World } from "../context.ts";
import { LostRace, type Change } from "../db/index.ts";
import { pooled } from "../lib/pool.ts";
import { KEEP_SECONDS } from "./accept.ts";
import { finish } from "./close.ts";
import { itemKey } from "./item.ts";
import { openLane } from "./lane.ts";
import { ExpandMessage } from "./message.ts";
import { contextOf, loadOperation, operationKey, outboxKey, type OperationRow } from "./operation.ts";
import type { Laid } from "./lay.ts";
import { loadPlan } from "./plan-rows.ts";
import { pump } from "./pump.ts";
import { refusals } from "./refusals.ts";

const CHUNK = 40;
const WIDTH = 10;
const LANES = 90;

const ignoreLostRace = (error: unknown) => {
  if (!(error instanceof LostRace)) throw error;
};

/** Writes a chunk of items. One that an earlier attempt wrote stays: it may have been started since. */
async function writeChunk(world: World, operation: OperationRow, items: Laid["items"]): Promise<void> {
  const expiresAt = Math.floor(Date.parse(operation.createdAt) / 1000) + KEEP_SECONDS;
  const puts = items.map((item): Change => {
    const put = { ...itemKey(operation.id, item.n), ...item, operation: operation.id, expiresAt };
    return { table: "History", put, when: { exists: false } };
  });
  const refused = refusals(contextOf(world, operation), items, operation.id);
  if (refused.length > 0) return Audit.append(world, refused, puts).catch(ignoreLostRace);
  await pooled(puts, WIDTH, (put) => world.store.write([put]).catch(ignoreLostRace));
}

async function writeItems(world: World, operation: OperationRow, laid: Laid): Promise<void> {
  for (let start = operation.cursor; start < laid.items.length; start += CHUNK) {
    const chunk = laid.items.slice(start, start + CHUNK);
    await writeChunk(world, operation, chunk);
    const set = { cursor: start + chunk.length };
    const when = { equals: { cursor: start } };
    await world.store.write([{ table: "History", update: operationKey(operation.id), set, when }]);
  }
}

/**
 * Opens the lanes, and marks the operation expanded with the last of them. The cursor counts them too, so
 * that a lane which is done and gone already cannot be opened a second time.
 */
async function open(world: World, operation: OperationRow, laid: Laid): Promise<void> {
  const { total } = operation;
  const opened = Math.max(0, operation.cursor - total);
  for (let start = opened; start === opened || start < laid.lanes.length; start += LANES) {
    const end = Math.min(laid.lanes.length, start + LANES);
    const lanes = laid.lanes.slice(start, end).map((lane) => openLane(lane.name, operation.id, lane));
    const set = { cursor: total + end, expanded: end === laid.lanes.length };
    const when = { equals: { cursor: total + start, expanded: false } };
    await world.store.write([{ table: "History", update: operationKey(operation.id), set, when }, ...lanes]);
  }
}

/** Writes all that is left to write; false when another worker is ahead and does so. */
async function complete(world: World, operation: OperationRow): Promise<boolean> {
  if (operation.expanded) return true;
  const laid = await loadPlan(world, operation.id);
  try {
    await writeItems(world, operation, laid);
    await open(world, operation, laid);
    return true;
  } catch (error) {
    if (error instanceof LostRace) return false;
    throw error;
  }
}

/** Writes what is left of an operation's items, from where it was cut off, and starts the first ones. */
export async function expand(world: World, message: unknown): Promise<void> {
  const { operation: id } = ExpandMessage.parse(message);
  const operation = await loadOperation(world, id);
  if (operation && !(await complete(world, operation))) return;
  for (const lane of operation?.lanes ?? []) await pump(world, lane);
  await world.store.write([{ table: "History", remove: outboxKey(id) }]);
  await finish(world, id);
}
