import type { World } from "../context.ts";
import { LostRace, Unwritable } from "../db/index.ts";
import { closeLane } from "./close.ts";
import type { Effects } from "./effect.ts";
import { unsupported, type Ended } from "./ending.ts";
import { giveUp, isMistake } from "./give-up.ts";
import { halt } from "./halt.ts";
import { isFinal, itemKey, loadItem, recallItem, type ItemRow } from "./item.ts";
import { ItemMessage, sendItems, type ItemRef } from "./message.ts";
import { recallOperation, type OperationRow } from "./operation.ts";
import { recover } from "./recover.ts";
import { letGo, settle } from "./settle.ts";
import { start } from "./start.ts";
import { bare } from "./unwritable.ts";

/**
 * Whether a message may start a waiting item: the one that was sent when it went back into the queue, or
 * any once that one is overdue. An older one would start it while the worker before still lets go of it.
 */
function isDue(world: World, item: ItemRow, seen = 0): boolean {
  if (seen === item.fence) return true;
  const due = Date.parse(item.dueAt ?? "");
  return !(world.clock.now().getTime() < due + world.settings.leaseSeconds * 1000);
}

/** What is left to do for an item that has ended, should its worker have died right then. */
async function tidy(world: World, operation: OperationRow, item: ItemRow): Promise<void> {
  await letGo(world, item);
  await closeLane(world, item.lane, operation);
}

/**
 * Another worker may still be at a request, whatever our clock says: it is looked at again when that one is surely gone.
 * A message that comes while the item is looked at anyway is dropped, so that copies of messages make no more of them.
 */
async function outlast(world: World, item: ItemRow): Promise<void> {
  const { operation, n, fence } = item;
  const { leaseSeconds: waited } = world.settings;
  const now = world.clock.now().getTime();
  if (Date.parse(item.dueAt ?? "") > now) return;
  const dueAt = new Date(now + waited * 1000).toISOString();
  const when = { equals: { fence, state: "intent" } };
  try {
    await world.store.write([{ table: "History", update: itemKey(operation, n), set: { dueAt }, when }]);
  } catch (error) {
    if (error instanceof LostRace) return;
    throw error;
  }
  await sendItems(world, item.lane, [{ operation, n, seen: fence, waited }], waited);
}

async function goOn(
  world: World,
  operation: OperationRow,
  item: ItemRow,
  port: { readonly effects: Effects; readonly ref: ItemRef },
): Promise<void> {
  const { seen, waited } = port.ref;
  const effect = port.effects[item.action];
  if (!effect) {
    await settle(world, item, unsupported(item));
  } else if (item.state === "sent") {
    await halt(world, item, effect);
  } else if (item.state === "queued") {
    await start(world, operation, item, { effect, effects: port.effects });
  } else if (seen === item.fence && waited !== undefined) {
    await recover(world, item, effect, waited);
  } else {
    await outlast(world, item);
  }
}

/** How an item ends that cannot be gone on with, as it is now; undefined where another attempt may. */
async function endOf(world: World, item: ItemRow, error: unknown): Promise<Ended | undefined> {
  if (error instanceof Unwritable) {
    const now = (await loadItem(world, item.operation, item.n)) ?? item;
    return isFinal(now) ? undefined : { item: now, ending: bare(now, error) };
  }
  const ending = isMistake(error) ? await giveUp(world, item, error) : undefined;
  return ending && { item, ending };
}

/**
 * Does what a message says of one item. It may be a second delivery, an old one, or come after the worker
 * before it has died; the item's state and fence decide what is left to do.
 */
async function one(
  world: World,
  ref: ItemRef,
  port: { readonly effects: Effects; readonly operations: ReadonlyMap<string, OperationRow | undefined> },
): Promise<void> {
  const { operation: id, n, seen } = ref;
  const operation = port.operations.get(id);
  const item = await (seen === undefined ? recallItem : loadItem)(world, id, n);
  const watched = item?.state === "sent" && (item.haltAt === null || !port.effects[item.action]);
  if (!operation || !item || watched) return;
  if (isFinal(item)) return tidy(world, operation, item);
  if (item.state === "queued" && !isDue(world, item, seen)) return;
  await goOn(world, operation, item, { effects: port.effects, ref }).catch(async (error: unknown) => {
    const hopeless = await endOf(world, item, error);
    if (!hopeless || !(await settle(world, hopeless.item, hopeless.ending))) throw error;
  });
}

/** Does what a message says of its items, side by side: one that waits for an answer holds up no other. */
export async function work(world: World, message: unknown, effects: Effects): Promise<void> {
  const items = ItemMessage.parse(message);
  const ids = [...new Set(items.map(({ operation }) => operation))];
  const operations = new Map(
    await Promise.all(ids.map(async (id) => [id, await recallOperation(world, id)] as const)),
  );
  const done = await Promise.allSettled(items.map((item) => one(world, item, { effects, operations })));
  for (const result of done) if (result.status === "rejected") throw result.reason;
}
