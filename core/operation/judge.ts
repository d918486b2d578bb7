import type { World } from "../context.ts";
import { find } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import * as Policy from "../policy/index.ts";
import type { Effect } from "./effect.ts";
import type { Ending } from "./ending.ts";
import type { ItemRow } from "./item.ts";
import type { OperationRow } from "./operation.ts";

/** Policy is asked again when an item starts: much may have changed since it was planned, the node too. */
export async function judge(
  world: World,
  operation: OperationRow,
  item: ItemRow,
  effect: Pick<Effect, "makes">,
): Promise<Ending | (Pick<ItemRow, "decision" | "wouldRefuse"> & { node: string })> {
  if (operation.stop !== null)
    return { state: "cancelled", code: "operation.stopped", reason: operation.stop };
  const age = (world.clock.now().getTime() - Date.parse(operation.createdAt)) / 1000;
  if (age > operation.limits.deadlineSeconds) {
    const reason = `the deadline of ${operation.limits.deadlineSeconds} s has passed`;
    return { state: "failed", code: "operation.deadline", reason };
  }
  try {
    const { cluster, vmid } = item.vm;
    const unborn = effect.makes?.(item) === true;
    const guest = unborn ? undefined : await find(world, cluster, vmid, item.attempts > 0);
    const safeMode = await Policy.safeMode(world);
    const { actor, bulk, force } = operation;
    const own = item.detail["own"] === true;
    const verdict = Policy.decide({
      action: item.action,
      actor,
      safeMode,
      ...(guest ? { guest } : {}),
      bulk,
      force,
      own,
    });
    const { decision, code, reason, wouldRefuse = false } = verdict;
    if (decision !== "refused") return { node: guest?.node ?? item.vm.node, decision, wouldRefuse };
    return { state: "skipped", code, reason };
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "vm.missing") throw error;
    return { state: "skipped", code: "vm.missing", reason: error.message };
  }
}
