import type { World } from "../context.ts";
import type { Effect } from "./effect.ts";
import type { ItemRow } from "./item.ts";
import { endOrGoOn } from "./onward.ts";
import { loadOperation } from "./operation.ts";
import { secondsSince } from "./passed.ts";
import { requeue } from "./requeue.ts";

const MOST_SECONDS = 60;

/** Waits for a guest that something else holds, longer each time, up to the operation's lockWait; then the item fails as `vm.locked`. */
export async function blocked(
  world: World,
  item: ItemRow,
  effect: Effect,
  { reason, delaySeconds }: { readonly reason: string; readonly delaySeconds: number },
): Promise<void> {
  const operation = await loadOperation(world, item.operation);
  const blockedAt = item.blockedAt ?? world.clock.now().toISOString();
  const waited = secondsSince(world, blockedAt);
  if (operation && waited >= operation.limits.lockWaitSeconds) {
    const detail = `${reason}; waited ${Math.round(waited)} s`;
    return endOrGoOn(world, item, effect, { state: "failed", code: "vm.locked", reason: detail });
  }
  const wait = Math.min(MOST_SECONDS, Math.ceil(delaySeconds + waited / 4));
  return requeue(world, item, reason, { delaySeconds: wait, blockedAt });
}
