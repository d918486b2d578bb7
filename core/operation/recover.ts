import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { classifyTask, ProxmoxError, showsNoQuorum } from "../proxmox/index.ts";
import { blocked } from "./blocked.ts";
import { success, type Effect, type Observation } from "./effect.ts";
import { ageMs, codeOfExit } from "./exit.ts";
import { giveUp, waitsWith } from "./give-up.ts";
import { itemKey, type ItemRow } from "./item.ts";
import { sendItems } from "./message.ts";
import { observeAnywhere } from "./observe.ts";
import { endOrGoOn } from "./onward.ts";
import { requeue } from "./requeue.ts";
import { settle } from "./settle.ts";
import { sent } from "./submit.ts";
import { untilSeconds } from "./until.ts";

/** Before this time is over, nothing seen proves nothing; it is looked at three times on the way. */
const againSeconds = (world: World) => Math.ceil(world.settings.ambiguousSeconds / 3);

const LOCKED_SECONDS = 10;
/** Attempts at what fails as if there were no quorum while the cluster says that there is. */
const UNWRITABLE = 6;
/** How long something half made may be the work of a task that nobody sees, and the pause between looks at it. */
const HIDDEN_MS = 600_000;
const HIDDEN_SECONDS = 30;

/** Takes an item over from a worker that is gone; undefined when it was not, or another was faster. */
async function takeOver(
  world: World,
  item: ItemRow,
  more: Pick<ItemRow, "dueAt">,
): Promise<ItemRow | undefined> {
  const set = { ...more, fence: item.fence + 1 };
  const when = { equals: { fence: item.fence, state: "intent" } };
  try {
    await world.store.write([{ table: "History", update: itemKey(item.operation, item.n), set, when }]);
    return { ...item, ...set };
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
    // What follows may depend on which task it was.
    const told = { ...item, upid: upid ?? item.upid };
    await endOrGoOn(world, told, effect, { ...success(told, effect, { found: seen.found }), upid });
    return;
  }
  // A task that Proxmox failed to register is in no list before it ends: what looks half made may still be at work.
  if (seen.halfMade === true && upid === undefined && ageMs(world, item) < HIDDEN_MS) {
    const { operation, n, fence } = item;
    return sendItems(world, item.lane, [{ operation, n, seen: fence }], HIDDEN_SECONDS);
  }
  const { code = codeOfExit(seen.detail), detail: reason } = seen;
  if (effect.repeatable && showsNoQuorum(reason) && item.attempts < UNWRITABLE)
    return requeue(world, item, reason, { delaySeconds: 0, keepsSlot: true });
  if (classifyTask(reason) === "wait")
    return blocked(world, item, effect, { reason, delaySeconds: LOCKED_SECONDS });
  await endOrGoOn(world, item, effect, { state: "failed", code, reason, upid });
}

/** Leaves an item as it is until its cluster or its node can be spoken to again. */
async function waitFor(world: World, item: ItemRow, held: ProxmoxError): Promise<void> {
  const delay = untilSeconds(world, held, item) ?? againSeconds(world);
  const dueAt = new Date(world.clock.now().getTime() + delay * 1000).toISOString();
  const mine = await takeOver(world, item, { dueAt });
  if (mine)
    await sendItems(world, item.lane, [{ operation: item.operation, n: item.n, seen: mine.fence }], delay);
}

/**
 * Goes on with an item whose intent is stored but whose answer is not. It never sends again before it has
 * looked in Proxmox for what the first request did.
 */
export async function recover(world: World, item: ItemRow, effect: Effect): Promise<void> {
  const proxmox = await Cluster.connect(world, item.vm.cluster);
  const held = await waitsWith(world, proxmox, item);
  if (held) return waitFor(world, item, held);
  // Whoever looks at its node meanwhile need not send for it: it comes again by itself.
  const dueAt = new Date(world.clock.now().getTime() + HIDDEN_SECONDS * 1000).toISOString();
  const mine = await takeOver(world, item, { dueAt });
  if (!mine) return;
  try {
    await act(world, mine, effect, await observeAnywhere(world, proxmox, mine, effect));
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    const hopeless = await giveUp(world, mine, error);
    if (hopeless) return void (await settle(world, mine, hopeless));
    const { operation, n, fence } = mine;
    world.log.warn("observe", { operation, n, reason: error.message });
    const delay = untilSeconds(world, error, mine) ?? againSeconds(world);
    await sendItems(world, mine.lane, [{ operation, n, seen: fence }], delay);
  }
}
