import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { holderOf, isFinal, loadItem, placeOf, placesOf, type ItemRow } from "./item.ts";
import { judge } from "./judge.ts";
import { nodePools, operationPools, type OperationRow } from "./operation.ts";
import { endEarly } from "./onward.ts";
import { proceed, type Intended } from "./proceed.ts";
import { requeue } from "./requeue.ts";
import { release, reserveAll } from "./pool.ts";
import { submit } from "./submit.ts";
import { letGo } from "./settle.ts";
import type { Doing } from "./take-guest.ts";
import { turn } from "./turn.ts";
import { unreadable } from "./unreadable.ts";

const FULL_SECONDS = 30;
async function granted(world: World, item: ItemRow, place: string): Promise<boolean> {
  const start = world.clock.now().getTime();
  // Should there be none, it waits in line under the fence that it goes back into the queue with.
  const seen = item.fence + 1;
  const away = place === placeOf(item) ? {} : { away: true as const };
  const wants = { holder: holderOf(item), vmid: item.vm.vmid, action: item.action, start, seen, ...away };
  return (await turn(world, place, { wants })).granted;
}

/** Others may have the pools of the lane's node, from which its guest has moved away. */
async function leavePools(world: World, operation: OperationRow, item: ItemRow): Promise<void> {
  const left = item.lane === placeOf(item) ? [] : nodePools(operation, item.lane);
  if (left.length === 0) return;
  await release(world, left, holderOf(item));
  await turn(world, item.lane, {});
}

/**
 * An item comes with a slot of its lane's node; what it lacks is one of the node to which its guest has moved, and
 * everything once it has let go. Then it waits for that node alone, since two that wait for two could keep each other from
 * both: its lane's node only looks after it. A later start makes sure of all, for its guest may have moved there and back.
 * False sends it back into the queue for a while.
 */
async function slots(world: World, operation: OperationRow, item: ItemRow): Promise<boolean> {
  const here = placeOf(item);
  const isSure = item.fence === 0 && !item.free;
  const lacking = placesOf(item).filter((place) => !isSure || place !== item.lane);
  const pools = item.free ? operationPools(operation, here) : nodePools(operation, here);
  let free = await reserveAll(world, pools, holderOf(item));
  for (const place of lacking.toReversed()) free &&= await granted(world, item, place);
  if (free) await leavePools(world, operation, item);
  else await requeue(world, item, "as many run already as may", { delaySeconds: FULL_SECONDS });
  return free;
}

/** What it holds on the node where its guest was when it asked last, and its place in line there: others may have them. */
async function leaveNode(world: World, item: ItemRow, before: string): Promise<void> {
  const holder = holderOf(item);
  if (item.fence > 0 && before !== placeOf(item))
    await turn(world, before, { freed: [holder], left: [holder] });
}

/** A worker that came too late may have taken slots and the guest again for an item that has ended. */
async function leave(world: World, item: ItemRow): Promise<void> {
  const now = await loadItem(world, item.operation, item.n);
  if (now && isFinal(now)) await letGo(world, item);
}

/** Starts a queued item: policy, slots, guest lock, a last look at Proxmox, intent, request. */
export async function start(
  world: World,
  operation: OperationRow,
  item: ItemRow,
  { effect, effects }: Doing,
): Promise<void> {
  let here = { ...item, vm: effect.guest?.(item) ?? item.vm };
  const before = placeOf(here);
  let intended: Intended | undefined;
  try {
    const judged = await judge(world, operation, here, effect);
    if ("state" in judged) return await endEarly(world, here, effect, judged);
    const { node, open, listed, ...said } = judged;
    here = { ...here, ...said, vm: { ...here.vm, node } };
    await leaveNode(world, here, before);
    if (!(await slots(world, operation, here))) return;
    // It has its slots again: whatever comes now, it need not let go of what it takes.
    here = { ...here, free: false };
    intended = await proceed(world, operation, here, { effect, effects, open, listed });
    if (!intended) return await leave(world, here);
  } catch (error) {
    return unreadable(world, here, effect, error);
  }
  await submit(world, await Cluster.connect(world, here.vm.cluster), intended, effect);
}
