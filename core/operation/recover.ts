import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { classifyTask, ProxmoxError } from "../proxmox/index.ts";
import { success, type Effect, type Observation } from "./effect.ts";
import { giveUp } from "./give-up.ts";
import { itemKey, type ItemRow } from "./item.ts";
import { sendItems } from "./message.ts";
import { observeAnywhere } from "./observe.ts";
import { endOrGoOn } from "./onward.ts";
import { blocked, requeue } from "./requeue.ts";
import { settle } from "./settle.ts";
import { sent } from "./submit.ts";
import { untilSeconds } from "./until.ts";

/** Before this time is over, nothing seen proves nothing; it is looked at three times on the way. */
const againSeconds = (world: World) => Math.ceil(world.settings.ambiguousSeconds / 3);

const LOCKED_SECONDS = 10;

/** Takes an item over from a worker that is gone; undefined when it was not, or another was faster. */
async function takeOver(world: World, item: ItemRow): Promise<ItemRow | undefined> {
  const fence = item.fence + 1;
  const when = { equals: { fence: item.fence, state: "intent" } };
  try {
    await world.store.write([
      { table: "History", update: itemKey(item.operation, item.n), set: { fence }, when },
    ]);
    return { ...item, fence };
  } catch (error) {
    if (error instanceof LostRace) return undefined;
    throw error;
  }
}

async function nothingSeen(world: World, item: ItemRow, effect: Effect): Promise<void> {
  const age = (world.clock.now().getTime() - Date.parse(item.sentAt ?? "")) / 1000;
  const { operation, n, fence } = item;
  if (age < world.settings.ambiguousSeconds)
    return sendItems(world, item.lane, [{ operation, n, seen: fence }], againSeconds(world));
  if (effect.repeatable)
    return requeue(world, item, "no trace of the first request; asking again", { delaySeconds: 0 });
  const reason =
    "Proxmox did not answer, and there is no telling whether it acted; it is never asked twice for this";
  await settle(world, item, { state: "unknown", code: "proxmox.no-answer", reason });
}

async function act(world: World, item: ItemRow, effect: Effect, seen: Observation): Promise<void> {
  if (seen.state === "absent") return nothingSeen(world, item, effect);
  if (seen.state === "running") return sent(world, item, seen.upid, true);
  const upid = seen.upid;
  if (seen.state === "done") {
    await endOrGoOn(world, item, effect, { ...success(item, effect), upid });
    return;
  }
  const { code = "task.failed", detail: reason } = seen;
  if (classifyTask(reason) === "wait") return blocked(world, item, reason, LOCKED_SECONDS);
  await endOrGoOn(world, item, effect, { state: "failed", code, reason, upid });
}

/**
 * Goes on with an item whose intent is stored but whose answer is not. It never sends again before it has
 * looked in Proxmox for what the first request did.
 */
export async function recover(world: World, item: ItemRow, effect: Effect): Promise<void> {
  const mine = await takeOver(world, item);
  if (!mine) return;
  try {
    const proxmox = await Cluster.connect(world, mine.vm.cluster);
    await act(world, mine, effect, await observeAnywhere(world, proxmox, mine, effect));
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    const hopeless = await giveUp(world, mine, error);
    if (hopeless) return void (await settle(world, mine, hopeless));
    const { operation, n, fence } = mine;
    world.log.warn("observe", { operation, n, reason: error.message });
    const delay = untilSeconds(world, error) ?? againSeconds(world);
    await sendItems(world, mine.lane, [{ operation, n, seen: fence }], delay);
  }
}
