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
    await world.store.write([
      { table: "History", update: operationKey(operation.id), set, when: { exists: true } },
    ]);
  }
}

/** Opens the lanes and marks the operation expanded; only the first attempt that gets here does so. */
async function open(world: World, operation: OperationRow, laid: Laid): Promise<void> {
  for (const lane of laid.lanes)
    await world.store.write([openLane(lane.name, operation.id, lane)]).catch(ignoreLostRace);
  const when = { equals: { expanded: false } };
  await world.store
    .write([{ table: "History", update: operationKey(operation.id), set: { expanded: true }, when }])
    .catch(ignoreLostRace);
}

/** Writes what is left of an operation's items, from where it was cut off, and starts the first ones. */
export async function expand(world: World, message: unknown): Promise<void> {
  const { operation: id } = ExpandMessage.parse(message);
  const operation = await loadOperation(world, id);
  if (operation && !operation.expanded) {
    const laid = await loadPlan(world, id);
    await writeItems(world, operation, laid);
    await open(world, operation, laid);
  }
  for (const lane of operation?.lanes ?? []) await pump(world, lane);
  await world.store.write([{ table: "History", remove: outboxKey(id) }]);
  await finish(world, id);
}
