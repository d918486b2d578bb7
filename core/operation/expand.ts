import * as Audit from "../audit/index.ts";
import type { World } from "../context.ts";
import { fitting, LostRace, sizeOf, type Change } from "../db/index.ts";
import { pooled } from "../lib/pool.ts";
import { callOff } from "./call-off.ts";
import { finish } from "./close.ts";
import { itemKey } from "./item.ts";
import { openLane } from "./lane.ts";
import { ExpandMessage, sendExpand } from "./message.ts";
import { contextOf, loadOperation, operationKey, type OperationRow } from "./operation.ts";
import { leaveOutbox, outboxKey } from "./outbox.ts";
import type { Laid } from "./lay.ts";
import { leftOut, rowOf } from "./left-out.ts";
import { loadPlan } from "./plan-rows.ts";
import { refusals } from "./refusals.ts";
import { turn } from "./turn.ts";

const CHUNK = 40;
/** An entry of the audit log without its reason, and a little more. */
const ENTRY_BYTES = 4000;
const WIDTH = 10;
/** A worker has 60 s; what is left then is for the next one. */
const MOST_MS = 35_000;

const ignoreLostRace = (error: unknown) => {
  if (!(error instanceof LostRace)) throw error;
};

/** Writes a chunk of items. One that an earlier attempt wrote stays: it may have been started since. */
async function writeChunk(world: World, operation: OperationRow, items: Laid["items"]): Promise<void> {
  const puts = items.map((item): Change => {
    return { table: "History", put: rowOf(operation, item), when: { exists: false } };
  });
  const refused = refusals(contextOf(world, operation), items, operation.id);
  if (refused.length > 0) return Audit.append(world, refused, puts).catch(ignoreLostRace);
  await pooled(puts, WIDTH, (put) => world.store.write([put]).catch(ignoreLostRace));
}

/** Lanes of which the last item is among those up to `end`; a lane opens when all its items are there. */
const opening = (laid: Laid, start: number, end: number) =>
  laid.lanes.filter((lane) => lane.to > start && lane.to <= end);

/** The number after the last item of the next chunk, so many as one transaction takes with what the audit log says of them. */
function endOf(operation: OperationRow, laid: Laid): number {
  const start = operation.cursor;
  const next = laid.items.slice(start, start + CHUNK).map((item): Change[] => {
    const key = itemKey(operation.id, item.n);
    return [
      { table: "History", put: { ...key, ...item, operation: operation.id } },
      {
        table: "Audit",
        update: { pk: "entry", sk: key.sk },
        bytes: sizeOf({ reason: item.reason }) + ENTRY_BYTES,
      },
    ];
  });
  return start + fitting(next, { changes: 1, bytes: ENTRY_BYTES });
}

/** Writes the next items; the lanes open with them of which all items are there then. */
async function writeNext(world: World, operation: OperationRow, laid: Laid): Promise<void> {
  const start = operation.cursor;
  const ended = leftOut(operation, laid, CHUNK);
  const end = ended.length > 0 ? start + ended.length : endOf(operation, laid);
  if (ended.length === 0) await writeChunk(world, operation, laid.items.slice(start, end));
  const lanes = opening(laid, start, end);
  const set = { cursor: end, expanded: end === laid.items.length };
  const when = { equals: { cursor: start } };
  const opened = lanes.map((lane) => openLane(operation, laid.items[lane.from]?.action ?? "", lane));
  const own: Change = { table: "History", update: operationKey(operation.id), set, when };
  await world.store.write([own, ...opened, ...ended]);
  if (operation.stop === null) for (const { name } of lanes) await turn(world, name, {});
}

/**
 * Writes chunk after chunk, so that the first nodes begin before the last items are written, and looks after each whether
 * the operation was cancelled meanwhile. Undefined when another worker is ahead, or time is up and the next one has to go on.
 */
async function complete(
  world: World,
  operation: OperationRow,
  until: number,
): Promise<OperationRow | undefined> {
  if (operation.expanded) return operation;
  const laid = await loadPlan(world, operation.id);
  try {
    let row: OperationRow | undefined = operation;
    while (row && !row.expanded) {
      if (world.clock.now().getTime() > until) {
        await sendExpand(world, row.id);
        return undefined;
      }
      await writeNext(world, row, laid);
      row = await loadOperation(world, row.id);
    }
    return row;
  } catch (error) {
    if (error instanceof LostRace) return undefined;
    throw error;
  }
}

/** Starts the first items, or ends them all when the operation is cancelled; false when the next worker has to go on. */
async function begin(world: World, operation: OperationRow, until: number): Promise<boolean> {
  if (operation.stop !== null) return callOff(world, operation, { reason: operation.stop, until });
  for (const lane of operation.lanes) await turn(world, lane, {});
  return true;
}

/** Writes what is left of an operation's items, from where it was cut off, and starts the first ones. */
export async function expand(world: World, message: unknown): Promise<void> {
  const { operation: id } = ExpandMessage.parse(message);
  const until = world.clock.now().getTime() + MOST_MS;
  const found = await loadOperation(world, id);
  if (!found) return world.store.write([{ table: "History", remove: outboxKey(id) }]);
  const operation = await complete(world, found, until);
  if (!operation) return;
  if (operation.state === "open" && !(await begin(world, operation, until))) return sendExpand(world, id);
  await leaveOutbox(world, operation);
  await finish(world, id);
}
