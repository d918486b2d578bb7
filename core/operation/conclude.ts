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
import { blocked } from "./requeue.ts";
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

async function success(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
  found: { effect: Effect; warnings: readonly string[] },
) {
  const { effect, warnings } = found;
  if (effect.verify && !(await effect.verify(proxmox, item))) {
    const waited = world.clock.now().getTime() - Date.parse(item.sentAt ?? "");
    if (waited < VERIFY_MS) return false;
    const reason = "the task ended OK, but the guest did not come to the wanted state";
    return settle(world, item, { state: "failed", code: "vm.unverified", reason });
  }
  return settle(world, item, { state: "succeeded", warnings, changes: effect.settled?.(item) ?? [] });
}

/** An exit that tells nothing (a reboot, a kill) is settled by what is there. */
async function unclear(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
  found: { effect: Effect; exit: string },
): Promise<boolean> {
  const seen = await found.effect.observe(proxmox, item);
  if (seen.state === "running") return false;
  if (seen.state === "done") {
    const warnings = [`the task ended as "${found.exit}", but its effect is there`];
    return settle(world, item, { state: "succeeded", warnings, changes: found.effect.settled?.(item) ?? [] });
  }
  const reason =
    seen.state === "failed" ? seen.detail : `the task ended as "${found.exit}" and left no effect`;
  return settle(world, item, { state: "failed", code: "task.interrupted", reason });
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
  if (ok) return success(world, proxmox, item, { effect, warnings });
  const meaning = classifyTask(exit);
  if (meaning === "unknown") return unclear(world, proxmox, item, { effect, exit });
  if (meaning === "wait") {
    await blocked(world, item, exit, LOCKED_SECONDS);
    return true;
  }
  return settle(world, item, {
    state: "failed",
    code: meaning === "moved" ? "vm.missing" : "task.failed",
    reason: exit,
  });
}
