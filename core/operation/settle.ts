import * as Audit from "../audit/index.ts";
import type { World } from "../context.ts";
import { LostRace, type Change } from "../db/index.ts";
import { isRefusal } from "../policy/index.ts";
import { closeLane } from "./close.ts";
import { unlockGuest } from "./guest-lock.ts";
import { holderOf, itemKey, placesOf, type ItemRow } from "./item.ts";
import { laneKey } from "./lane.ts";
import { contextOf, loadOperation, type Final } from "./operation.ts";
import { nodePool, operationPool, release } from "./slot.ts";

/** How an item ended, and what to keep with it. */
export interface Ending {
  readonly state: Final;
  readonly reason?: string;
  readonly code?: string;
  readonly upid?: string | undefined;
  readonly warnings?: readonly string[];
  readonly changes?: readonly Change[];
}

function itemChange(world: World, item: ItemRow, ending: Ending): Change {
  const failed = ending.state === "failed" || ending.state === "unknown";
  const code = ending.code ?? (failed ? "operation.failed" : undefined);
  const set = {
    state: ending.state,
    finishedAt: world.clock.now().toISOString(),
    upid: ending.upid ?? item.upid,
    reason: ending.reason ?? null,
    error: code === undefined ? null : { code, detail: ending.reason ?? "" },
    warnings: [...(ending.warnings ?? [])],
  };
  const when = { equals: { fence: item.fence, state: item.state } };
  return { table: "History", update: itemKey(item.operation, item.n), set, when };
}

/**
 * Gives back all that an item holds. Also repairs what a worker left that died after the item had ended:
 * the slot of its lane goes last, because by that the watcher finds it.
 */
export async function letGo(world: World, item: ItemRow): Promise<void> {
  const holder = holderOf(item);
  await unlockGuest(world, item.vm.id, holder);
  await release(world, operationPool(item.operation), holder);
  for (const place of placesOf(item).toReversed()) await release(world, nodePool(place), holder);
}

/**
 * Ends an item: its row, its lane's count and its audit row change together, so the end is written exactly
 * once. False when another worker has moved the item on in the meantime.
 */
export async function settle(world: World, item: ItemRow, ending: Ending): Promise<boolean> {
  const operation = await loadOperation(world, item.operation);
  if (!operation) return false;
  const ctx = contextOf(world, operation);
  const entry = Audit.draft(ctx, {
    action: item.action,
    target: item.vm.id,
    outcome: ending.state,
    decision: isRefusal(ending.code) ? "refused" : item.decision,
    wouldRefuse: item.wouldRefuse,
    reason: ending.reason ?? "",
    operation: item.operation,
    upid: ending.upid ?? item.upid ?? undefined,
  });
  const count: Change = {
    table: "History",
    update: laneKey(item.lane, item.operation),
    add: { [ending.state]: 1 },
    when: { exists: true },
  };
  try {
    await Audit.append(world, [entry], [itemChange(world, item, ending), count, ...(ending.changes ?? [])]);
  } catch (error) {
    if (error instanceof LostRace) return false;
    throw error;
  }
  ctx.log.info("item", {
    n: item.n,
    vm: item.vm.id,
    action: item.action,
    state: ending.state,
    reason: ending.reason,
    upid: ending.upid,
  });
  await letGo(world, item);
  await closeLane(world, item.lane, item.operation);
  return true;
}
