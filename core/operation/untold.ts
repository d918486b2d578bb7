import type { World } from "../context.ts";
import { withinBytes } from "../lib/page.ts";
import { isFinal, itemKey, ItemRow } from "./item.ts";
import type { LaneRow } from "./lane.ts";
import { partition } from "./operation.ts";
import { gapsOf, type Run, type Told } from "./told.ts";

/** Items in one answer, and rows that are read for them, at most. */
const MOST = 200;
const MOST_READ = 2000;
const PAGE = 500;
/** One read over a short stretch that was told already is cheaper than two beside it. */
const NEAR = 20;

/** Where items may have ended that were not told: the gaps, without what the lanes have not begun. */
function places(told: Told, lanes: readonly LaneRow[], total: number): Run[] {
  const waiting = lanes.filter((lane) => lane.next < lane.to).map((lane): Run => [lane.next, lane.to]);
  const runs: Run[] = [];
  for (const gap of gapsOf(told, total)) {
    let [from] = gap;
    const inside = waiting.filter((run) => run[0] < gap[1] && run[1] > from).toSorted(([a], [b]) => a - b);
    for (const [start, end] of inside) {
      if (from < start) runs.push([from, start]);
      from = Math.max(from, end);
    }
    if (from < gap[1]) runs.push([from, gap[1]]);
  }
  return near(runs);
}

function near(runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last && run[0] - last[1] < NEAR) joined[joined.length - 1] = [last[0], run[1]];
    else joined.push(run);
  }
  return joined;
}

/** Items that have ended and were not told, in their order and so many as fit one answer. */
export async function untold(
  world: World,
  operation: { readonly id: string; readonly total: number },
  told: Told,
  lanes: readonly LaneRow[],
): Promise<ItemRow[]> {
  const { id, total } = operation;
  const known = new Set(told.flatMap(([from, to]) => Array.from({ length: to - from }, (_, n) => from + n)));
  const found: ItemRow[] = [];
  let reads = 0;
  for (const [start, end] of places(told, lanes, total)) {
    for (let from = start; from < end && found.length < MOST && reads < MOST_READ; from += PAGE) {
      const limit = Math.min(PAGE, end - from);
      const after = from === 0 ? "item#" : itemKey(id, from - 1).sk;
      const rows = await world.store.query({ table: "History", pk: partition(id), after, limit });
      reads += limit;
      const items = rows.filter((row) => row.sk.startsWith("item#")).map((row) => ItemRow.parse(row));
      found.push(...items.filter((item) => isFinal(item) && !known.has(item.n)));
    }
  }
  const most = found.slice(0, MOST);
  return most.slice(0, withinBytes(most));
}
