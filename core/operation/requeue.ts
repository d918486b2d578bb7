import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { itemKey, type ItemRow } from "./item.ts";
import { sendItems } from "./message.ts";
import { loadOperation } from "./operation.ts";
import { letGo, settle } from "./settle.ts";

/** Puts an item back into the queue after something that did not happen, and gives back what it holds. */
export async function requeue(
  world: World,
  item: ItemRow,
  reason: string,
  delaySeconds: number,
): Promise<void> {
  const set = { state: "queued", reason, upid: null };
  const when = { equals: { fence: item.fence, state: item.state } };
  try {
    await world.store.write([{ table: "History", update: itemKey(item.operation, item.n), set, when }]);
  } catch (error) {
    if (error instanceof LostRace) return;
    throw error;
  }
  await letGo(world, item);
  await sendItems(world, item.lane, [{ operation: item.operation, n: item.n }], delaySeconds);
}

/** Waits for a guest that something else holds, up to the operation's lockWait; then the item fails as `vm.locked`. */
export async function blocked(
  world: World,
  item: ItemRow,
  reason: string,
  delaySeconds: number,
): Promise<void> {
  const operation = await loadOperation(world, item.operation);
  const now = world.clock.now();
  const since = item.blockedAt ?? now.toISOString();
  const waited = (now.getTime() - Date.parse(since)) / 1000;
  if (operation && waited >= operation.limits.lockWaitSeconds) {
    const detail = `${reason}; waited ${Math.round(waited)} s`;
    await settle(world, item, { state: "failed", code: "vm.locked", reason: detail });
    return;
  }
  const when = { equals: { fence: item.fence, state: item.state } };
  const update = itemKey(item.operation, item.n);
  try {
    await world.store.write([{ table: "History", update, set: { blockedAt: since }, when }]);
  } catch (error) {
    if (error instanceof LostRace) return;
    throw error;
  }
  await requeue(world, item, reason, delaySeconds);
}
