import type { World } from "../context.ts";
import { holderOf, isFinal, itemKey, ItemRow } from "./item.ts";
import { ended, openLanes, type LaneRow } from "./lane.ts";
import { sendItems } from "./message.ts";
import { partition } from "./operation.ts";
import { held, nodePool, reserve } from "./slot.ts";

const begun = (lane: LaneRow) => lane.next - lane.from - ended(lane);

/** The items of a lane that have begun and not ended, and hold no slot by which the watcher would see them. */
async function slotless(world: World, lane: LaneRow, holders: ReadonlySet<string>): Promise<ItemRow[]> {
  const rows = await world.store.query({
    table: "History",
    pk: partition(lane.sk),
    after: lane.from === 0 ? "item#" : itemKey(lane.sk, lane.from - 1).sk,
    limit: lane.next - lane.from,
  });
  const items = rows.filter((row) => row.sk.startsWith("item#")).map((row) => ItemRow.parse(row));
  return items.filter((item) => !isFinal(item) && !holders.has(holderOf(item)));
}

/**
 * Sends again what lost its message while it held no slot: an item whose wait is long over, or a request
 * that nobody watches any more. A second message does no harm, but is void once the item goes on.
 */
export async function sendStrays(world: World, laneName: string): Promise<void> {
  const holders = new Set((await held(world, nodePool(laneName))).map((slot) => slot.holder));
  const overdue = world.clock.now().getTime() - world.settings.leaseSeconds * 1000;
  for (const lane of await openLanes(world, laneName)) {
    const seen = [...holders].filter((holder) => holder.startsWith(`${lane.sk}/`)).length;
    if (begun(lane) <= seen) continue;
    for (const item of await slotless(world, lane, holders)) {
      const since = Date.parse((item.state === "queued" ? item.dueAt : item.sentAt) ?? "");
      if (since > overdue) continue;
      const { operation, n, fence } = item;
      const may =
        item.state === "queued" ||
        (await reserve(world, nodePool(laneName), world.settings.nodeCap, holderOf(item)));
      if (may) await sendItems(world, laneName, [{ operation, n, seen: fence }]);
    }
  }
}
