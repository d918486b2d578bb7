import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { find } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import * as Policy from "../policy/index.ts";
import type { Effect } from "./effect.ts";
import { lockGuest } from "./guest-lock.ts";
import { holderOf, itemKey, type ItemRow } from "./item.ts";
import { sendItems } from "./message.ts";
import { contextOf, type OperationRow } from "./operation.ts";
import { blocked } from "./requeue.ts";
import { submit } from "./submit.ts";
import { settle, type Ending } from "./settle.ts";
import { nodePool, operationPool, reserve } from "./slot.ts";

const FULL_SECONDS = 3;
const LOCKED_SECONDS = 5;

/** Policy is asked again when an item starts: much may have changed since it was planned, the node too. */
async function judge(
  world: World,
  operation: OperationRow,
  item: ItemRow,
): Promise<Ending | { node: string }> {
  if (operation.stop !== null)
    return { state: "cancelled", code: "operation.stopped", reason: operation.stop };
  const age = (world.clock.now().getTime() - Date.parse(operation.createdAt)) / 1000;
  if (age > operation.limits.deadlineSeconds) {
    const reason = `the deadline of ${operation.limits.deadlineSeconds} s has passed`;
    return { state: "failed", code: "operation.deadline", reason };
  }
  try {
    const guest = await find(world, item.vm.cluster, item.vm.vmid, item.attempts > 0);
    const safeMode = await Policy.safeMode(world);
    const { actor, bulk, force } = operation;
    const own = item.detail["own"] === true;
    const verdict = Policy.decide({ action: item.action, actor, safeMode, guest, bulk, force, own });
    if (verdict.decision !== "refused") return { node: guest.node };
    return { state: "skipped", code: verdict.code, reason: verdict.reason };
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "vm.missing") throw error;
    return { state: "skipped", code: "vm.missing", reason: error.message };
  }
}

/** The slots without which an item may not run; false sends it back into the queue for a while. */
async function slots(world: World, operation: OperationRow, item: ItemRow): Promise<boolean> {
  const holder = holderOf(item);
  const { maxConcurrency } = operation.limits;
  const own =
    maxConcurrency === null || (await reserve(world, operationPool(operation.id), maxConcurrency, holder));
  if (own && (await reserve(world, nodePool(item.lane), world.settings.nodeCap, holder))) return true;
  await sendItems(world, item.lane, [{ operation: item.operation, n: item.n }], FULL_SECONDS);
  return false;
}

/** Stores the intent, under a new fence, before anything is sent. Undefined when another worker did so first. */
async function intend(world: World, item: ItemRow): Promise<ItemRow | undefined> {
  const now = world.clock.now().toISOString();
  const changed = {
    state: "intent" as const,
    fence: item.fence + 1,
    attempts: item.attempts + 1,
    sentAt: now,
    startedAt: item.startedAt ?? now,
    reason: null,
    vm: item.vm,
  };
  const when = { equals: { fence: item.fence, state: "queued" } };
  try {
    await world.store.write([
      { table: "History", update: itemKey(item.operation, item.n), set: changed, when },
    ]);
    return { ...item, ...changed };
  } catch (error) {
    if (error instanceof LostRace) return undefined;
    throw error;
  }
}

/** Starts a queued item: policy, slots, guest lock, a last look at Proxmox, intent, request. */
export async function start(
  world: World,
  operation: OperationRow,
  item: ItemRow,
  effect: Effect,
): Promise<void> {
  const judged = await judge(world, operation, item);
  if ("state" in judged) return void (await settle(world, item, judged));
  if (!(await slots(world, operation, item))) return;
  const other = await lockGuest(world, item.vm.id, holderOf(item));
  if (other)
    return blocked(
      world,
      item,
      `another change of ${item.vm.id} is under way (${other.holder})`,
      LOCKED_SECONDS,
    );
  const proxmox = await Cluster.connect(world, item.vm.cluster);
  const here = { ...item, vm: { ...item.vm, node: judged.node } };
  const skip = await effect.check?.(contextOf(world, operation), proxmox, here);
  if (skip) return void (await settle(world, item, { state: "skipped", ...skip }));
  const intended = await intend(world, here);
  if (intended) await submit(world, proxmox, intended, effect);
}
