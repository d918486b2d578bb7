import type { World } from "../context.ts";
import { holderOf, type ItemRow } from "./item.ts";
import { ended, operationOf, type LaneRow } from "./lane.ts";
import { sendItems } from "./message.ts";
import { loadNode } from "./node.ts";
import { turn } from "./turn.ts";
import { unfinished } from "./unfinished.ts";

const begun = (lane: LaneRow) => lane.next - lane.from - ended(lane);

/** The items of a lane that have begun and not ended, and hold no slot by which the watcher would see them. */
async function slotless(world: World, lane: LaneRow, holders: ReadonlySet<string>): Promise<ItemRow[]> {
  return (await unfinished(world, lane)).filter((item) => !holders.has(holderOf(item)));
}

async function maySend(world: World, lane: string, item: ItemRow): Promise<boolean> {
  if (item.state === "queued") return true;
  const start = Date.parse(item.sentAt ?? "");
  const wants = { holder: holderOf(item), vmid: item.vm.vmid, action: item.action, start };
  return (await turn(world, lane, { wants })).granted;
}

/**
 * Sends again what lost its message while it held no slot: an item whose wait is long over, or a request
 * that nobody watches any more. A second message does no harm, but is void once the item goes on.
 */
export async function sendStrays(world: World, lane: string, rows: readonly LaneRow[]): Promise<void> {
  const node = await loadNode(world, lane);
  const holders = new Set(node.running.map(({ holder }) => holder));
  const overdue = world.clock.now().getTime() - world.settings.leaseSeconds * 1000;
  for (const row of rows) {
    const seen = [...holders].filter((holder) => holder.startsWith(`${operationOf(row)}/`)).length;
    if (begun(row) <= seen) continue;
    for (const item of await slotless(world, row, holders)) {
      const since = Date.parse((item.state === "queued" ? item.dueAt : item.sentAt) ?? "");
      if (since > overdue || !(await maySend(world, lane, item))) continue;
      const { operation, n, fence } = item;
      await sendItems(world, lane, [{ operation, n, seen: fence }]);
    }
  }
}
