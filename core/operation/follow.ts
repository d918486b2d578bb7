import * as Cluster from "../cluster/index.ts";
import { closeLane } from "./close.ts";
import type { World } from "../context.ts";
import { refresh } from "../inventory/index.ts";
import { ProxmoxError, tasks, type Proxmox, type TaskEntry } from "../proxmox/index.ts";
import type { Effects } from "./effect.ts";
import { holderOf, isFinal, loadHolders, placesOf, type ItemRow } from "./item.ts";
import { ended, openLanes } from "./lane.ts";
import { clusterOf, FollowMessage, nodeOf, sendItems } from "./message.ts";
import { fill } from "./pump.ts";
import { letGo } from "./settle.ts";
import { held, nodePool, release, type Slot } from "./slot.ts";
import { conclude } from "./conclude.ts";
import { giveUp } from "./give-up.ts";
import { claim, rest, sleepNow, wake } from "./watch.ts";

/** Proxmox's clock may be behind ours. */
const SINCE_MARGIN_MS = 60_000;

async function list(proxmox: Proxmox, node: string, items: readonly ItemRow[]): Promise<TaskEntry[]> {
  const first = Math.min(...items.map((item) => Date.parse(item.sentAt ?? "")));
  return tasks(proxmox, node, { since: new Date(first - SINCE_MARGIN_MS) });
}

/** A look that failed is repeated at the next turn, unless it is too late for that; true when the item has ended. */
async function tolerate(world: World, item: ItemRow, error: unknown): Promise<boolean> {
  if (!(error instanceof ProxmoxError)) throw error;
  const { operation, n, lane } = item;
  world.log.warn("follow", { lane, operation, n, reason: error.message });
  return giveUp(world, item, error);
}

/** Settles every item whose task has ended, with one request for all of them. What fails for one does no harm to the others. */
async function settleDone(
  world: World,
  lane: string,
  items: readonly ItemRow[],
  effects: Effects,
): Promise<number> {
  if (items.length === 0) return 0;
  const proxmox = await Cluster.connect(world, clusterOf(lane));
  const listing = list(proxmox, nodeOf(lane), items).then(
    (entries) => new Map(entries.map((entry) => [entry.upid, entry])),
  );
  const one = async (item: ItemRow) => {
    const entry = (await listing).get(item.upid ?? "");
    return conclude(world, proxmox, item, { entry, effect: effects[item.action] });
  };
  let done = 0;
  // One after the other: side by side they would take each other's place in the audit chains.
  for (const item of items)
    if (await one(item).catch((error: unknown) => tolerate(world, item, error))) done += 1;
  return done;
}

/**
 * Repairs what dead workers and lost messages left among the holders of a node's slots. An item that has
 * not begun a lease after it got its slot has lost its message.
 */
async function repair(
  world: World,
  lane: string,
  slots: readonly Slot[],
  items: readonly ItemRow[],
): Promise<void> {
  for (const item of items) {
    if (isFinal(item)) await letGo(world, item);
    // A guest that moved twice has left a slot on the node between.
    if (!placesOf(item).includes(lane)) await release(world, nodePool(lane), holderOf(item));
  }
  for (const open of await openLanes(world, lane))
    if (ended(open) >= open.to - open.from) await closeLane(world, lane, open.sk);
  const now = world.clock.now().getTime();
  const stale = (item: ItemRow) => {
    const slot = slots.find((one) => one.holder === `${item.operation}/${item.n}`);
    return slot !== undefined && now - Date.parse(slot.at) > world.settings.leaseSeconds * 1000;
  };
  const lost = items.filter((item) => item.state === "queued" && stale(item));
  const orphaned = items.filter(
    (item) =>
      item.state === "intent" && now - Date.parse(item.sentAt ?? "") > world.settings.leaseSeconds * 1000,
  );
  const again = [...lost, ...orphaned].map(({ operation, n, fence }) => ({ operation, n, seen: fence }));
  await sendItems(world, lane, again);
}

/** One listing in this time is enough, however many guests change. */
const LISTING_SECONDS = 5;

const pause = (world: World, quiet: number) =>
  world.settings.pollSeconds[quiet] ?? world.settings.pollSeconds.at(-1) ?? 60;

/** One look at a node: settle what has ended, repair, start what waits, and come again while anything is held. */
export async function follow(
  world: World,
  message: unknown,
  port: { owner: string; effects: Effects },
): Promise<void> {
  const wanted = FollowMessage.parse(message);
  const { lane } = wanted;
  if (!(await claim(world, wanted, port.owner))) return;
  const slots = await held(world, nodePool(lane));
  const items = await loadHolders(
    world,
    slots.map((slot) => slot.holder),
  );
  const settled = await settleDone(
    world,
    lane,
    items.filter((item) => item.state === "sent"),
    port.effects,
  );
  await repair(world, lane, slots, items);
  // What a listing shows of these guests has just changed; of a snapshot it shows nothing.
  if (settled > 0 && items.some((item) => item.action.startsWith("vm.")))
    await refresh(world, clusterOf(lane), LISTING_SECONDS);
  const { started, blocked } = await fill(world, lane);
  const busy = (await held(world, nodePool(lane))).length > 0 || (await openLanes(world, lane, 1)).length > 0;
  const quiet = settled + started > 0 ? 0 : Math.min(wanted.quiet + 1, blocked ? 1 : Infinity);
  if (busy) return rest(world, wanted, { delaySeconds: pause(world, quiet), quiet });
  await sleepNow(world, wanted);
  // Work that came between the last look and the idle mark saw a watcher and woke nobody.
  if ((await held(world, nodePool(lane))).length > 0) await wake(world, lane, 0);
}
