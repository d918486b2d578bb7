import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { ProxmoxError, tasks, type Proxmox, type TaskEntry } from "../proxmox/index.ts";
import type { Effects } from "./effect.ts";
import { isFinal, loadHolders, type ItemRow } from "./item.ts";
import { openLanes } from "./lane.ts";
import { clusterOf, FollowMessage, nodeOf, sendItems } from "./message.ts";
import { pump } from "./pump.ts";
import { letGo } from "./settle.ts";
import { held, nodePool, type Slot } from "./slot.ts";
import { conclude } from "./conclude.ts";
import { claim, rest, sleepNow, wake } from "./watch.ts";

/** Proxmox's clock may be behind ours. */
const SINCE_MARGIN_MS = 60_000;

async function list(proxmox: Proxmox, node: string, items: readonly ItemRow[]): Promise<TaskEntry[]> {
  const first = Math.min(...items.map((item) => Date.parse(item.sentAt ?? "")));
  return tasks(proxmox, node, { since: new Date(first - SINCE_MARGIN_MS) });
}

/** Settles every item whose task has ended, with one request for all of them. */
async function settleDone(
  world: World,
  lane: string,
  items: readonly ItemRow[],
  effects: Effects,
): Promise<number> {
  if (items.length === 0) return 0;
  try {
    const proxmox = await Cluster.connect(world, clusterOf(lane));
    const entries = new Map((await list(proxmox, nodeOf(lane), items)).map((entry) => [entry.upid, entry]));
    const done = await Promise.all(
      items.map((item) =>
        conclude(world, proxmox, item, { entry: entries.get(item.upid ?? ""), effect: effects[item.action] }),
      ),
    );
    return done.filter(Boolean).length;
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    world.log.warn("follow", { lane, reason: error.message });
    return 0;
  }
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
  for (const item of items) if (isFinal(item)) await letGo(world, item);
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
  await sendItems(world, lane, [
    ...lost.map(({ operation, n }) => ({ operation, n })),
    ...orphaned.map(({ operation, n, fence }) => ({ operation, n, seen: fence })),
  ]);
}

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
  await pump(world, lane);
  const busy = (await held(world, nodePool(lane))).length > 0 || (await openLanes(world, lane, 1)).length > 0;
  const quiet = settled > 0 ? 0 : wanted.quiet + 1;
  if (busy) return rest(world, wanted, { delaySeconds: pause(world, quiet), quiet });
  await sleepNow(world, wanted);
  // Work that came between the last look and the idle mark saw a watcher and woke nobody.
  if ((await held(world, nodePool(lane))).length > 0) await wake(world, lane, 0);
}
