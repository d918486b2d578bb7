import type { World } from "../context.ts";
import { isFinal, itemKey, ItemRow } from "./item.ts";
import { operationOf, type LaneRow } from "./lane.ts";
import { partition } from "./operation.ts";

const PAGE = 500;

/** The items of a lane that have begun, or could have, and have not ended. */
export async function unfinished(world: World, lane: LaneRow): Promise<ItemRow[]> {
  const id = operationOf(lane);
  const found: ItemRow[] = [];
  for (let from = lane.from; from < lane.next; from += PAGE) {
    const rows = await world.store.query({
      table: "History",
      pk: partition(id),
      after: from === 0 ? "item#" : itemKey(id, from - 1).sk,
      limit: Math.min(PAGE, lane.next - from),
    });
    const items = rows.filter((row) => row.sk.startsWith("item#")).map((row) => ItemRow.parse(row));
    found.push(...items.filter((item) => !isFinal(item)));
  }
  return found;
}
