import * as Audit from "../audit/index.ts";
import type { World } from "../context.ts";
import { LostRace, type Change } from "../db/index.ts";
import { pooled } from "../lib/pool.ts";
import { KEEP_SECONDS } from "./accept.ts";
import { finish } from "./close.ts";
import { itemKey } from "./item.ts";
import { openLane } from "./lane.ts";
import { ExpandMessage, sendExpand } from "./message.ts";
import { contextOf, loadOperation, operationKey, outboxKey, type OperationRow } from "./operation.ts";
import type { Laid } from "./lay.ts";
import { loadPlan } from "./plan-rows.ts";
import { refusals } from "./refusals.ts";
import { turn } from "./turn.ts";

const CHUNK = 40;
const WIDTH = 10;
/** A worker has 60 s; what is left then is for the next one. */
const MOST_MS = 35_000;

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

/** Lanes of which the last item is among those up to `end`; a lane opens when all its items are there. */
const opening = (laid: Laid, start: number, end: number) =>
  laid.lanes.filter((lane) => lane.to > start && lane.to <= end);

/**
 * Writes chunk after chunk; with each, the cursor moves on and the lanes open whose items are all there, so that the
 * first nodes begin before the last items are written. False when time is up.
 */
async function writeItems(world: World, operation: OperationRow, laid: Laid): Promise<boolean> {
  const began = world.clock.now().getTime();
  const total = laid.items.length;
  for (let start = operation.cursor; start < total; start += CHUNK) {
    if (world.clock.now().getTime() - began > MOST_MS) return false;
    const end = Math.min(total, start + CHUNK);
    await writeChunk(world, operation, laid.items.slice(start, end));
    const lanes = opening(laid, start, end);
    const set = { cursor: end, expanded: end === total };
    const when = { equals: { cursor: start } };
    const opened = lanes.map((lane) => openLane(operation, laid.items[lane.from]?.action ?? "", lane));
    await world.store.write([{ table: "History", update: operationKey(operation.id), set, when }, ...opened]);
    for (const { name } of lanes) await turn(world, name, {});
  }
  return true;
}

/** Writes all that is left to write; false when another worker is ahead and does so, or the next one has to. */
async function complete(world: World, operation: OperationRow): Promise<boolean> {
  if (operation.expanded) return true;
  try {
    const all = await writeItems(world, operation, await loadPlan(world, operation.id));
    if (!all) await sendExpand(world, operation.id);
    return all;
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
  for (const lane of operation?.lanes ?? []) await turn(world, lane, {});
  await world.store.write([{ table: "History", remove: outboxKey(id) }]);
  await finish(world, id);
}
