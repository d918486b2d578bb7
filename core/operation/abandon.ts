import * as Audit from "../audit/index.ts";
import type { World } from "../context.ts";
import { LostRace, type Change } from "../db/index.ts";
import { closeLane } from "./close.ts";
import { itemKey, loadHolders, type ItemRow } from "./item.ts";
import { laneKey, type LaneRow } from "./lane.ts";
import { contextOf, operationKey, type OperationRow } from "./operation.ts";

/** Each item takes two changes of a transaction: its own and its audit row. */
const CHUNK = 40;

const cancelling = (item: ItemRow, set: Record<string, unknown>): Change => ({
  table: "History",
  update: itemKey(item.operation, item.n),
  set: { ...set, state: "cancelled" },
  when: { equals: { state: "queued" } },
});

function entriesFor(world: World, operation: OperationRow, items: readonly ItemRow[], reason: string) {
  const ctx = contextOf(world, operation);
  return items.map(({ action, vm }) =>
    Audit.draft(ctx, { action, target: vm.id, outcome: "cancelled", operation: operation.id, reason }),
  );
}

/** Cancels the items of a lane that have not been started, in chunks that count themselves. */
export async function abandon(
  world: World,
  lane: LaneRow & { readonly name: string },
  operation: OperationRow,
  reason: string,
): Promise<void> {
  const finishedAt = world.clock.now().toISOString();
  const stop: Change = { table: "History", update: operationKey(lane.sk), set: { stop: reason } };
  await world.store.write([stop]);
  for (let next = lane.next; next < lane.to; next += CHUNK) {
    const end = Math.min(lane.to, next + CHUNK);
    const numbers = Array.from({ length: end - next }, (_, index) => `${lane.sk}/${next + index}`);
    const items = await loadHolders(world, numbers);
    const count: Change = {
      table: "History",
      update: laneKey(lane.name, lane.sk),
      set: { next: end },
      add: { cancelled: end - next },
      when: { equals: { next } },
    };
    const changes = items.map((item) => cancelling(item, { reason, finishedAt }));
    try {
      await Audit.append(world, entriesFor(world, operation, items, reason), [...changes, count]);
    } catch (error) {
      if (error instanceof LostRace) return;
      throw error;
    }
  }
  await closeLane(world, lane.name, lane.sk);
}
