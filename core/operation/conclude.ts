import type { World } from "../context.ts";
import { classifyTask, outcome, ProxmoxError, type Proxmox } from "../proxmox/index.ts";
import { success, type Effect } from "./effect.ts";
import type { Ending } from "./ending.ts";
import type { ItemRow } from "./item.ts";
import { ageMs, exitOf, secondsOf } from "./exit.ts";
import { observeAnywhere } from "./observe.ts";
import { onward } from "./onward.ts";
import { blocked, requeue } from "./requeue.ts";
import type { Seen } from "./sight.ts";

const LOCKED_SECONDS = 10;
/** Attempts at something whose name or number others keep taking. */
const RETAKEN = 20;
/** How long an effect may come after its task, as with HA, before the item counts as failed. */
const VERIFY_MS = 300_000;

/** How an item ends, "waits" while there is nothing to say, "again" when it went back into the queue. */
export type Verdict = Ending | "waits" | "again";

interface Evidence {
  readonly entry: Seen | undefined;
  readonly effect: Effect;
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

async function done(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
  found: { effect: Effect; warnings: readonly string[] },
): Promise<Verdict> {
  const { effect, warnings } = found;
  if (await verified(world, proxmox, item, effect)) return success(item, effect, warnings);
  if (ageMs(world, item) < VERIFY_MS) return "waits";
  const reason = "the task ended OK, but the guest did not come to the wanted state";
  return { state: "failed", code: "vm.unverified", reason };
}

/** Another's task was taken for ours, or ours is lost: what can be repeated is, once the request can no longer work. */
async function repeat(world: World, item: ItemRow, effect: Effect): Promise<Verdict> {
  const reason = "the task that was found was not that of the request, and left no effect";
  if (!effect.repeatable) return { state: "unknown", code: "proxmox.no-answer", reason };
  const delaySeconds = Math.max(0, Math.ceil(world.settings.ambiguousSeconds - ageMs(world, item) / 1000));
  await requeue(world, item, reason, { delaySeconds });
  return "again";
}

/** An exit that does not tell of our request alone is settled by what is there. */
async function unclear(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
  found: { effect: Effect; exit: string },
): Promise<Verdict> {
  const { effect, exit } = found;
  const seen = await observeAnywhere(world, proxmox, item, effect);
  if (seen.state === "running") return "waits";
  const { ok, warnings } = outcome(exit);
  const told = ok ? warnings : [`the task ended as "${exit}", but its effect is there`];
  if (seen.state === "done") return success(item, effect, told);
  if (seen.state === "absent" && ok) return repeat(world, item, effect);
  const meaning = ok ? "unknown" : classifyTask(exit);
  if (meaning !== "unknown") return failure(world, item, found, meaning);
  const reason = seen.state === "failed" ? seen.detail : `the task ended as "${exit}" and left no effect`;
  const { code = "task.interrupted" } = seen.state === "failed" ? seen : {};
  return { state: "failed", code, reason };
}

async function failure(
  world: World,
  item: ItemRow,
  { effect, exit }: { effect: Effect; exit: string },
  meaning: "wait" | "moved" | "failed",
): Promise<Verdict> {
  if (item.attempts < RETAKEN && effect.retaken?.({ message: exit }) === true) {
    await requeue(world, item, exit, { delaySeconds: 1 });
    return "again";
  }
  if (meaning === "wait") {
    await blocked(world, item, exit, LOCKED_SECONDS);
    return "again";
  }
  const code = meaning === "moved" ? "vm.missing" : "task.failed";
  return { state: "failed", code, reason: exit };
}

async function judged(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
  found: { effect: Effect; exit: string },
) {
  const { effect, exit } = found;
  const { ok, warnings } = outcome(exit);
  // A task that was found may be another's, and a second attempt may have failed because the first one worked.
  if (item.adopted || (!ok && item.attempts > 1)) return unclear(world, proxmox, item, found);
  if (ok) return done(world, proxmox, item, { effect, warnings });
  const meaning = classifyTask(exit);
  return meaning === "unknown" ? unclear(world, proxmox, item, found) : failure(world, item, found, meaning);
}

/** Says how an item ends whose task has ended. */
export async function conclude(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
  { entry, effect }: Evidence,
): Promise<Verdict> {
  const exit = await exitOf(world, proxmox, item, entry);
  if (exit === undefined) return "waits";
  const verdict = await judged(world, proxmox, item, { effect, exit });
  if (typeof verdict === "string") return verdict;
  return onward(world, item, effect, { ...verdict, ...secondsOf(entry) });
}
