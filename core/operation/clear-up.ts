import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { abandon } from "./abandon.ts";
import { closeLane } from "./close.ts";
import type { Draft, Wish } from "./draft.ts";
import { logEnding } from "./ending.ts";
import { holderOf, isFinal, itemOf, loadHolders, loadItem, placeOf, placesOf, type ItemRow } from "./item.ts";
import { hasMore, isDone, lanesOf, loadLane, operationOf, type LaneRow } from "./lane.ts";
import { sendItems } from "./message.ts";
import { loadOperation, nodePools, operationKey, operationPools, type OperationRow } from "./operation.ts";
import type { Running } from "./node.ts";
import { release } from "./pool.ts";

/** A turn may be a caller's, who waits for an answer. */
const MOST_MS = 10_000;

/** Keeps when the first item of an operation was started. */
async function begun(world: World, lane: LaneRow): Promise<void> {
  const operation = await loadOperation(world, operationOf(lane));
  if (!operation || operation.startedAt !== null) return;
  const set = { startedAt: world.clock.now().toISOString() };
  const when = { equals: { state: "open" } };
  await world.store
    .write([{ table: "History", update: operationKey(operation.id), set, when }])
    .catch((error: unknown) => {
      if (!(error instanceof LostRace)) throw error;
    });
}

/** A turn that another node needs because of this one. */
export interface Onward {
  readonly lane: string;
  readonly freed: readonly string[];
}

/** Nodes that wait for the pools of an operation, which have just become free: its own first. */
async function waiting(world: World, operation: OperationRow, lane: string, most: number): Promise<Onward[]> {
  const open = await lanesOf(world, operation);
  const names = [...open].filter(([, row]) => hasMore(row)).map(([name]) => name);
  const ordered = names.toSorted((a, b) => Number(b === lane) - Number(a === lane));
  return ordered.slice(0, most).map((name) => ({ lane: name, freed: [] }));
}

interface Held {
  readonly item: ItemRow;
  readonly over: boolean;
}

/** The items behind holders that a turn frees, and whether each has ended or waits without anything. */
async function itemsOf(world: World, draft: Draft, holders: readonly string[]) {
  const known = new Map<string, Held>();
  for (const { item } of draft.endings) known.set(holderOf(item), { item, over: true });
  const others = await loadHolders(
    world,
    holders.filter((holder) => !known.has(holder)),
  );
  for (const item of others) known.set(holderOf(item), { item, over: isFinal(item) || item.free });
  return known;
}

/** What a holder needs no more: the pools of all its places once it is over, and those of a node that it left, as its guest did. */
function unneeded(operation: OperationRow, lane: string, known: Held | undefined) {
  if (!known) return operationPools(operation, lane);
  const { item, over } = known;
  if (!over) return placeOf(item) === lane ? [] : nodePools(operation, lane);
  const all = [lane, ...placesOf(item)].flatMap((place) => operationPools(operation, place));
  return [...new Map(all.map((pool) => [pool.name, pool])).values()];
}

/** What holders had of pools becomes free for others. */
async function freePools(world: World, lane: string, wish: Wish, draft: Draft): Promise<Onward[]> {
  const onward: Onward[] = [];
  const holders = [...wish.freed, ...draft.endings.map(({ item }) => holderOf(item))];
  const groups = Map.groupBy(holders, (holder) => itemOf(holder).operation);
  for (const [id, members] of groups) {
    const operation = draft.operations.get(id) ?? (await loadOperation(world, id));
    if (!operation || operationPools(operation, lane).length === 0) continue;
    const items = await itemsOf(world, draft, members);
    for (const holder of members) await release(world, unneeded(operation, lane, items.get(holder)), holder);
    onward.push(...(await waiting(world, operation, lane, members.length)));
  }
  return onward;
}

/**
 * Does what follows from a turn that is written: sends what it started, closes lanes that are done. Should the worker
 * die here, the watcher and the sweeper find what is left undone. Gives the turns that other nodes need now.
 */
export async function clearUp(world: World, lane: string, draft: Draft, wish: Wish): Promise<Onward[]> {
  const { starts, stopped } = draft.ready;
  await sendItems(world, lane, [
    ...draft.called.map(({ holder, seen }) => ({ ...itemOf(holder), seen })),
    ...starts.map(({ holder }) => itemOf(holder)),
  ]);
  for (const one of draft.endings) logEnding(world, one);
  for (const { before, next } of draft.lanes)
    if (before.next === before.from && next.next > next.from) await begun(world, next);
  for (const { lane: row, reason } of stopped) {
    const operation = await loadOperation(world, operationOf(row));
    const until = world.clock.now().getTime() + MOST_MS;
    // What is left then is found by the next turn.
    if (operation) await abandon(world, lane, operation, { reason, until });
  }
  const onward = await freePools(world, lane, wish, draft);
  for (const { item } of draft.endings)
    for (const place of placesOf(item).filter((one) => one !== lane))
      onward.push({ lane: place, freed: [holderOf(item)] });
  for (const step of draft.lanes) {
    const owner = isDone(step.next) ? await loadOperation(world, operationOf(step.next)) : undefined;
    if (owner) await closeLane(world, step.name, owner);
  }
  return onward;
}

/** Pools that were taken for items which another turn started, or nobody. */
export async function giveBack(world: World, lane: string, tried: readonly Running[]): Promise<void> {
  for (const { holder } of tried) {
    const { operation: id, n } = itemOf(holder);
    const operation = await loadOperation(world, id);
    if (!operation) continue;
    const pools = operationPools(operation, lane);
    if (pools.length === 0) continue;
    const [item, row] = await Promise.all([loadItem(world, id, n), loadLane(world, lane, operation)]);
    const started = row !== undefined && row.next > n;
    if (!item || !started || isFinal(item)) await release(world, pools, holder);
  }
}
