import type { World } from "../context.ts";
import { classifyTask, outcome, ProxmoxError, showsNoQuorum, type Proxmox } from "../proxmox/index.ts";
import { isRepeatable, success, type Effect, type Observation } from "./effect.ts";
import type { Ending } from "./ending.ts";
import type { ItemRow } from "./item.ts";
import { ageMs, exitOf, secondsOf } from "./exit.ts";
import { explained, failure, traceless } from "./failure.ts";
import { observeAnywhere } from "./observe.ts";
import { onward } from "./onward.ts";
import { reopen } from "./requeue.ts";
import type { Seen } from "./sight.ts";
import { untilSeconds } from "./until.ts";

/** How long an effect may come after its task, as with HA, before the item counts as failed. */
const VERIFY_MS = 300_000;

/** How an item ends, "waits" while there is nothing to say, "again" when it went back into the queue. */
export type Verdict = Ending | "waits" | "again";

interface Evidence {
  readonly entry: Seen | undefined;
  readonly effect: Effect;
}

/** Whether the effect is there, and what was found; asked of the node where the guest is now, should it have moved. */
async function verified(world: World, proxmox: Proxmox, item: ItemRow, effect: Effect) {
  try {
    return effect.verify === undefined || (await effect.verify(proxmox, item));
  } catch (error) {
    if (!(error instanceof ProxmoxError) || error.meaning !== "moved") throw error;
    const seen = await observeAnywhere(world, proxmox, item, effect);
    return seen.state === "done" && (seen.found ?? true);
  }
}

const UNVERIFIED: Ending = {
  state: "failed",
  code: "vm.unverified",
  reason: "the task ended OK, but the guest did not come to the wanted state",
};

/** The item's own task has ended, and its effect is only on its way: that takes its time, but not for ever. */
const late = (world: World, item: ItemRow, running: string) =>
  running === item.upid && ageMs(world, item) >= VERIFY_MS ? UNVERIFIED : undefined;

async function done(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
  { entry, effect, warnings }: Evidence & { readonly warnings: readonly string[] },
): Promise<Verdict> {
  const found = await verified(world, proxmox, item, effect);
  if (found === true) return success(item, effect, { warnings });
  if (found !== false) return success(item, effect, { warnings, found });
  const ended = world.clock.now().getTime() - (entry?.endtime ?? 0) * 1000;
  if (Math.min(ended, ageMs(world, item)) < VERIFY_MS) return "waits";
  return UNVERIFIED;
}

/** Another's task was taken for ours, or ours is lost: what can be repeated is, once the request can no longer work. */
async function repeat(world: World, item: ItemRow, effect: Effect): Promise<Verdict> {
  const reason = "the task that was found was not that of the request, and left no effect";
  if (!isRepeatable(effect, item)) return { state: "unknown", code: "proxmox.no-answer", reason };
  await reopen(world, item, reason, world.settings.ambiguousSeconds);
  return "again";
}

/** A task that was asked to stop, whatever it says of its end, is cancelled if it left nothing behind. */
function halted(exit: string, seen: Observation): Ending {
  const reason = `its task was asked to stop and ended as "${exit}"`;
  if (seen.state !== "failed" || seen.halfMade !== true)
    return { state: "cancelled", code: "operation.stopped", reason };
  return { state: "failed", code: seen.code ?? "task.interrupted", reason: `${reason}; ${seen.detail}` };
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
  if (seen.state === "running") return late(world, item, seen.upid) ?? "waits";
  const { ok, warnings } = outcome(exit);
  const told = ok ? warnings : [`the task ended as "${exit}", but its effect is there`];
  if (seen.state === "done") return success(item, effect, { warnings: told, found: seen.found });
  if (item.halted && !ok) return halted(exit, seen);
  if (seen.state === "absent" && ok) return repeat(world, item, effect);
  const meaning = ok ? "unknown" : classifyTask(exit);
  if (meaning !== "unknown") return failure(world, item, found, meaning);
  return seen.state === "failed"
    ? { state: "failed", code: seen.code ?? "task.interrupted", reason: seen.detail }
    : traceless(isRepeatable(effect, item), exit);
}

async function validated(
  world: World,
  proxmox: Proxmox,
  item: ItemRow,
  found: Evidence & { readonly exit: string },
) {
  const { exit } = found;
  const { ok, warnings } = outcome(exit);
  // A task that was found may be another's, and a second attempt may have failed because the first one worked.
  if (item.adopted || (!ok && (item.attempts > 1 || item.halted)))
    return unclear(world, proxmox, item, found);
  if (ok) return done(world, proxmox, item, { ...found, warnings });
  const meaning = classifyTask(exit);
  return meaning === "unknown" ? unclear(world, proxmox, item, found) : failure(world, item, found, meaning);
}

/** Everything that writes now would fail like this task: the item waits with the cluster, and what the task left is looked at then. */
async function pause(world: World, proxmox: Proxmox, item: ItemRow, exit: string): Promise<Verdict> {
  await proxmox.report({ effect: "write" }, { trouble: "quorum", reason: exit });
  const held = await proxmox.heldBack({ effect: "write", node: item.vm.node });
  await reopen(world, item, exit, untilSeconds(world, held, item) ?? 0);
  return "again";
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
  if (showsNoQuorum(exit) && !item.halted) return pause(world, proxmox, item, exit);
  const told = await explained(proxmox, item, effect, exit);
  const verdict = await validated(world, proxmox, item, { entry, effect, exit: told });
  if (typeof verdict === "string") return verdict;
  // How long a task took that was cut short is nothing to learn from.
  const seconds = item.halted ? {} : secondsOf(entry);
  return onward(world, item, effect, { ...verdict, ...seconds });
}
