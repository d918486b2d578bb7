import type { World } from "../context.ts";
import {
  classifyTask,
  outcome,
  parseUpid,
  ProxmoxError,
  taskStatus,
  type Proxmox,
  type TaskEntry,
} from "../proxmox/index.ts";
import type { Effect } from "./effect.ts";
import type { ItemRow } from "./item.ts";
import { observeAnywhere } from "./observe.ts";
import { blocked, requeue } from "./requeue.ts";
import { settle } from "./settle.ts";

const LOCKED_SECONDS = 10;
/** A task may be missing from every list right after it began. */
const NEWBORN_MS = 10_000;
/** How long an effect may come after its task, as with HA, before the item counts as failed. */
const VERIFY_MS = 300_000;

interface Evidence {
  readonly entry: TaskEntry | undefined;
  readonly effect: Effect | undefined;
}

/** How the task ended; undefined while it runs. The list may have lost it: then it is asked for by its UPID. */
async function exitOf(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
  entry: TaskEntry | undefined,
): Promise<string | undefined> {
  if (entry) return entry.endtime === undefined ? undefined : (entry.status ?? "unexpected status");
  const upid = parseUpid(item.upid);
  if (!upid || world.clock.now().getTime() - Date.parse(item.sentAt ?? "") < NEWBORN_MS) return undefined;
  try {
    const status = await taskStatus(proxmox, upid);
    return status.status === "running" ? undefined : (status.exitstatus ?? "unexpected status");
  } catch (error) {
    if (error instanceof ProxmoxError && error.refusal.status === 400) return "unexpected status";
    throw error;
  }
}

/** Whether the effect is there; asked of the node where the guest is now, should it have moved. */
async function verified(world: World, proxmox: Proxmox, item: ItemRow, effect: Effect): Promise<boolean> {
  try {
    return effect.verify === undefined || (await effect.verify(proxmox, item));
  } catch (error) {
    if (!(error instanceof ProxmoxError) || error.meaning !== "moved") throw error;
    return (await observeAnywhere(world, proxmox, item, effect)).state === "done";
  }
}

async function success(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
  found: { effect: Effect; warnings: readonly string[] },
) {
  const { effect, warnings } = found;
  if (!(await verified(world, proxmox, item, effect))) {
    const waited = world.clock.now().getTime() - Date.parse(item.sentAt ?? "");
    if (waited < VERIFY_MS) return false;
    const reason = "the task ended OK, but the guest did not come to the wanted state";
    return settle(world, item, { state: "failed", code: "vm.unverified", reason });
  }
  return settle(world, item, { state: "succeeded", warnings, changes: effect.settled?.(item) ?? [] });
}

/** Another's task was taken for ours, or ours is lost: what can be repeated is, once the request can no longer work. */
async function again(world: World, item: ItemRow, effect: Effect): Promise<true> {
  const reason = "the task that was found was not that of the request, and left no effect";
  const age = (world.clock.now().getTime() - Date.parse(item.sentAt ?? "")) / 1000;
  const delaySeconds = Math.max(0, Math.ceil(world.settings.ambiguousSeconds - age));
  if (effect.repeatable) await requeue(world, item, reason, { delaySeconds });
  else await settle(world, item, { state: "unknown", code: "proxmox.no-answer", reason });
  return true;
}

/** An exit that does not tell of our request alone is settled by what is there. */
async function unclear(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
  found: { effect: Effect; exit: string },
): Promise<boolean> {
  const { effect, exit } = found;
  const seen = await observeAnywhere(world, proxmox, item, effect);
  if (seen.state === "running") return false;
  const { ok, warnings } = outcome(exit);
  if (seen.state === "done") {
    const told = ok ? warnings : [`the task ended as "${exit}", but its effect is there`];
    return settle(world, item, { state: "succeeded", warnings: told, changes: effect.settled?.(item) ?? [] });
  }
  if (seen.state === "absent" && ok) return again(world, item, effect);
  const meaning = ok ? "unknown" : classifyTask(exit);
  if (meaning !== "unknown") return failure(world, item, exit, meaning);
  const reason = seen.state === "failed" ? seen.detail : `the task ended as "${exit}" and left no effect`;
  const { code = "task.interrupted" } = seen.state === "failed" ? seen : {};
  return settle(world, item, { state: "failed", code, reason });
}

async function failure(
  world: World,
  item: ItemRow,
  exit: string,
  meaning: "wait" | "moved" | "failed",
): Promise<boolean> {
  if (meaning === "wait") {
    await blocked(world, item, exit, LOCKED_SECONDS);
    return true;
  }
  const code = meaning === "moved" ? "vm.missing" : "task.failed";
  return settle(world, item, { state: "failed", code, reason: exit });
}

/** Ends an item whose task has ended; false while there is nothing to say yet. */
export async function conclude(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
  evidence: Evidence,
): Promise<boolean> {
  const { entry, effect } = evidence;
  const exit = await exitOf(world, proxmox, item, entry);
  if (exit === undefined || !effect) return false;
  const { ok, warnings } = outcome(exit);
  // A task that was found may be another's, and a second attempt may have failed because the first one worked.
  if (item.adopted || (!ok && item.attempts > 1)) return unclear(world, proxmox, item, { effect, exit });
  if (ok) return success(world, proxmox, item, { effect, warnings });
  const meaning = classifyTask(exit);
  if (meaning === "unknown") return unclear(world, proxmox, item, { effect, exit });
  return failure(world, item, exit, meaning);
}
