import * as z from "zod";
import type { World } from "../context.ts";
import { LostRace, type Change, type Row } from "../db/index.ts";
import { loadItem } from "./item.ts";
import { Counts } from "./counts.ts";
import { loadOperation, operationKey, operationPools, type OperationRow } from "./operation.ts";

/** Version 0.1 kept a lane under its operation alone, without what a turn has to know of it. */
const Old = Counts.extend({
  pk: z.string(),
  sk: z.string(),
  from: z.number(),
  to: z.number(),
  next: z.number(),
});

/** Whether a lane is as version 0.1 wrote it. */
export const isOldLane = ({ sk }: Row) => !sk.includes("#");

/**
 * Puts a lane of version 0.1 in today's place and gives it; undefined when nobody needs it any more, or another worker
 * is at it right now.
 */
export async function renewLane(world: World, row: Row): Promise<Row | undefined> {
  const { pk, sk, ...old } = Old.parse(row);
  const operation = await loadOperation(world, sk);
  const item = operation && (await loadItem(world, sk, old.from));
  const remove: Change = { table: "History", remove: { pk, sk }, when: { equals: { ...old } } };
  const more = {
    rev: 0,
    action: item?.action ?? "",
    pools: operation ? operationPools(operation, pk.slice("lane#".length)) : [],
    maxErrors: operation?.limits.maxErrors ?? null,
  };
  const next: Row = { pk, sk: `${operation?.actor.id ?? ""}#${sk}`, ...old, ...more };
  const put: Change = { table: "History", put: next, when: { exists: false } };
  try {
    await world.store.write(operation ? [remove, put] : [remove]);
    return operation ? next : undefined;
  } catch (error) {
    if (error instanceof LostRace) return undefined;
    throw error;
  }
}

const Slot = z.object({ holder: z.string(), at: z.string() });

const slotRows = (world: World, lane: string) => world.store.query({ table: "Runtime", pk: `slot#${lane}` });

/** Who held the slots of a node when version 0.1 still kept a row for each; nobody where it never did. */
export async function oldSlots(world: World, lane: string) {
  const rows = await slotRows(world, lane);
  return rows.flatMap((row) => {
    const { data } = Slot.safeParse(row);
    return data ? [{ holder: data.holder, vmid: 0, action: "", start: Date.parse(data.at) }] : [];
  });
}

/** Removes those rows, once the row of the node has them. */
export async function forgetOldSlots(world: World, lane: string): Promise<void> {
  for (const { pk, sk } of await slotRows(world, lane))
    await world.store.write([{ table: "Runtime", remove: { pk, sk } }]);
}

/**
 * Version 0.1 opened an operation's lanes only when all its items were there. One that it left half written is written
 * again from the start, which opens them; items that are there stay as they are.
 */
export async function restartOld(world: World, operation: OperationRow): Promise<OperationRow> {
  if (operation.cursor === 0) return operation;
  const row = await world.store.get("History", operationKey(operation.id));
  if (!row || row["pools"] !== undefined) return operation;
  const set = { cursor: 0, pools: [] };
  const when = { equals: { cursor: operation.cursor, expanded: false } };
  await world.store.write([{ table: "History", update: operationKey(operation.id), set, when }]);
  return { ...operation, cursor: 0 };
}
