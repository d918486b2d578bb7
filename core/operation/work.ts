import { closeLane } from "./close.ts";
import type { World } from "../context.ts";
import type { Effects } from "./effect.ts";
import { isFinal, loadItem, type ItemRow } from "./item.ts";
import { ItemMessage, sendItems } from "./message.ts";
import { loadOperation } from "./operation.ts";
import { pump } from "./pump.ts";
import { recover } from "./recover.ts";
import { letGo, settle } from "./settle.ts";
import { start } from "./start.ts";
import { wake } from "./watch.ts";

/**
 * Whether a message may start a waiting item: the one that was sent when it went back into the queue, or
 * any once that one is overdue. An older one would start it while the worker before still lets go of it.
 */
function isDue(world: World, item: ItemRow, seen = 0): boolean {
  if (seen === item.fence) return true;
  const due = Date.parse(item.dueAt ?? "");
  return !(world.clock.now().getTime() < due + world.settings.leaseSeconds * 1000);
}

/**
 * Does what a message says of one item. It may be a second delivery, an old one, or come after the worker
 * before it has died; the item's state and fence decide what is left to do.
 */
export async function work(world: World, message: unknown, effects: Effects): Promise<void> {
  const { operation: id, n, seen } = ItemMessage.parse(message);
  const [operation, item] = await Promise.all([loadOperation(world, id), loadItem(world, id, n)]);
  if (!operation || !item) return;
  if (item.state === "sent") return wake(world, item.lane, world.settings.pollSeconds[0] ?? 2);
  if (isFinal(item)) {
    await letGo(world, item);
    await closeLane(world, item.lane, id);
    return pump(world, item.lane);
  }
  if (item.state === "queued" && !isDue(world, item, seen)) return;
  const effect = effects[item.action];
  if (!effect) {
    await settle(world, item, {
      state: "failed",
      code: "operation.unsupported",
      reason: `no way to do ${item.action}`,
    });
  } else if (item.state === "queued") {
    await start(world, operation, item, effect);
  } else if (seen === item.fence) {
    await recover(world, item, effect);
  } else {
    // Another worker may still be at it: look again when its lease is surely over.
    await sendItems(world, item.lane, [{ operation: id, n, seen: item.fence }], world.settings.leaseSeconds);
  }
  await pump(world, item.lane);
}
