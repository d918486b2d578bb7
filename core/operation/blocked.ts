import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import type { Effect } from "./effect.ts";
import type { ItemRow } from "./item.ts";
import { lockOf } from "./left-lock.ts";
import { endOrGoOn } from "./onward.ts";
import { loadOperation } from "./operation.ts";
import { secondsSince } from "./passed.ts";
import { requeue } from "./requeue.ts";

const MOST_SECONDS = 60;

interface Lock {
  readonly reason: string;
  readonly delaySeconds: number;
  /** It comes again so soon that its slot is kept. */
  readonly keepsSlot?: boolean;
}

/** Waits for a guest that something else holds, longer each time, up to the operation's lockWait; then the item fails as `vm.locked`. */
export async function blocked(
  world: World,
  item: ItemRow,
  effect: Effect,
  { reason, delaySeconds, keepsSlot = false }: Lock,
): Promise<void> {
  const operation = await loadOperation(world, item.operation);
  const blockedAt = item.blockedAt ?? world.clock.now().toISOString();
  const waited = secondsSince(world, blockedAt);
  const seen = await lockOf(world, await Cluster.connect(world, item.vm.cluster), item, reason);
  if (seen.left !== undefined)
    return endOrGoOn(world, item, effect, {
      state: "failed",
      code: "vm.locked",
      reason: `${reason}; ${seen.left}`,
    });
  if (operation && waited >= operation.limits.lockWaitSeconds) {
    const detail = `${reason}; waited ${Math.round(waited)} s`;
    return endOrGoOn(world, item, effect, { state: "failed", code: "vm.locked", reason: detail });
  }
  const left = operation ? operation.limits.lockWaitSeconds - waited : MOST_SECONDS;
  const wait = Math.min(MOST_SECONDS, Math.ceil(delaySeconds + waited / 4), Math.max(1, Math.ceil(left)));
  const { aloneSince } = seen;
  return requeue(world, item, reason, { delaySeconds: wait, blockedAt, aloneSince, keepsSlot });
}
