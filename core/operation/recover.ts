import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { classifyTask, ProxmoxError, showsNoQuorum } from "../proxmox/index.ts";
import { blocked } from "./blocked.ts";
import { isRepeatable, success, type Effect, type Observation } from "./effect.ts";
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

/** What is known of a request: what was seen, and how many seconds have surely passed since. */
interface Known {
  readonly seen: Observation;
  readonly waited: number;
}

/** Has an item looked at again after some seconds. */
async function again(world: World, item: ItemRow, waited: number, seconds: number): Promise<void> {
  const { operation, n, fence, lane } = item;
  await sendItems(world, lane, [{ operation, n, seen: fence, waited: waited + seconds }], seconds);
}

async function nothingSeen(world: World, item: ItemRow, effect: Effect, waited: number): Promise<void> {
  if (waited < world.settings.ambiguousSeconds) return again(world, item, waited, againSeconds(world));
  if (isRepeatable(effect, item))
    return requeue(world, item, "no trace of the first request; asking again", { delaySeconds: 0 });
  const reason =
    "Proxmox did not answer, and there is no telling whether it acted; it is never asked twice for this";
  await settle(world, item, { state: "unknown", code: "proxmox.no-answer", reason });
}

async function act(world: World, item: ItemRow, effect: Effect, { seen, waited }: Known): Promise<void> {
  if (seen.state === "absent") return nothingSeen(world, item, effect, waited);
  if (seen.state === "running") return sent(world, item, seen.upid, true);
  if (seen.state === "unclear") {
    await settle(world, item, { state: "unknown", code: "proxmox.no-answer", reason: seen.detail });
    return;
  }
  const upid = seen.upid;
  if (seen.state === "done") {
    // What follows may depend on which task it was.
    const told = { ...item, upid: upid ?? item.upid };
    await endOrGoOn(world, told, effect, { ...success(told, effect, { found: seen.found }), upid });
    return;
  }
  // A task that Proxmox failed to register is in no list before it ends: what looks half made may still be at work.
  if (seen.halfMade === true && upid === undefined && ageMs(world, item) < HIDDEN_MS)
    return again(world, item, waited, HIDDEN_SECONDS);
  const { code = codeOfExit(seen.detail), detail: reason } = seen;
  if (isRepeatable(effect, item) && showsNoQuorum(reason) && item.attempts < UNWRITABLE)
    return requeue(world, item, reason, { delaySeconds: 0, keepsSlot: true });
  if (classifyTask(reason) === "wait")
    return blocked(world, item, effect, { reason, delaySeconds: LOCKED_SECONDS });
  await endOrGoOn(world, item, effect, { state: "failed", code, reason, upid });
}

/** Leaves an item as it is until its cluster or its node can be spoken to again. */
async function waitFor(world: World, item: ItemRow, held: ProxmoxError, waited: number): Promise<void> {
  const delay = untilSeconds(world, held, item) ?? againSeconds(world);
  const dueAt = new Date(world.clock.now().getTime() + delay * 1000).toISOString();
  const mine = await takeOver(world, item, { dueAt });
  if (mine) await again(world, mine, waited, delay);
}

/**
 * Goes on with an item whose intent is stored but whose answer is not. It never sends again before it has looked in
 * Proxmox for what the first request did, after it could do anything at all: by `waited`, the seconds since then.
 */
export async function recover(world: World, item: ItemRow, effect: Effect, waited: number): Promise<void> {
  const proxmox = await Cluster.connect(world, item.vm.cluster);
  const held = await waitsWith(world, proxmox, item);
  if (held) return waitFor(world, item, held, waited);
  // Whoever looks at its node meanwhile need not send for it: it comes again by itself.
  const dueAt = new Date(world.clock.now().getTime() + HIDDEN_SECONDS * 1000).toISOString();
  const mine = await takeOver(world, item, { dueAt });
  if (!mine) return;
  try {
    const seen = await observeAnywhere(world, proxmox, mine, effect);
    await act(world, mine, effect, { seen, waited });
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    const hopeless = await giveUp(world, mine, error);
    if (hopeless) return void (await settle(world, mine, hopeless));
    const { operation, n } = mine;
    world.log.warn("observe", { operation, n, reason: error.message });
    await again(world, mine, waited, untilSeconds(world, error, mine) ?? againSeconds(world));
  }
}
