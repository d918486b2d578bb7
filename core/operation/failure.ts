import type { World } from "../context.ts";
import { outcome, type Proxmox } from "../proxmox/index.ts";
import { blocked } from "./blocked.ts";
import { forgiven, type Effect } from "./effect.ts";
import type { Ending } from "./ending.ts";
import type { ItemRow } from "./item.ts";
import { codeOfExit } from "./exit.ts";
import { requeue } from "./requeue.ts";
import { seekGuest } from "./seek-guest.ts";

const LOCKED_SECONDS = 10;
/** Attempts at something whose name or number others keep taking. */
const RETAKEN = 20;

/** How an item ends whose task has failed, or what is to be done about that. */
export async function failure(
  world: World,
  item: ItemRow,
  { effect, exit }: { effect: Effect; exit: string },
  meaning: "wait" | "moved" | "failed",
): Promise<Ending | "again"> {
  const pardon = effect.forgives?.(item, exit);
  if (pardon !== undefined) return forgiven(item, effect, pardon);
  if (item.attempts < RETAKEN && effect.retaken?.({ message: exit }, item) === true) {
    await requeue(world, item, exit, { delaySeconds: 1 });
    return "again";
  }
  if (meaning === "wait") {
    await blocked(world, item, effect, { reason: exit, delaySeconds: LOCKED_SECONDS });
    return "again";
  }
  // A task that did not find its guest there has done nothing.
  if (meaning === "moved" && (await seekGuest(world, item, exit))) return "again";
  const code = meaning === "moved" ? "vm.missing" : codeOfExit(exit);
  return { state: "failed", code, reason: exit };
}

/**
 * A task that nothing is left of. What is never asked for twice leaves no trace but its task: it may have been done, and
 * Proxmox has forgotten it.
 */
export function traceless(repeatable: boolean, exit: string): Ending {
  const ended = `the task ended as "${exit}"`;
  return repeatable
    ? { state: "failed", code: "task.interrupted", reason: `${ended} and left no effect` }
    : {
        state: "unknown",
        code: "task.interrupted",
        reason: `${ended}, and there is no telling whether it acted; it is never asked twice for this`,
      };
}

/** What a failed task has to say for itself: its log, where the exit status only says that it failed. */
export async function explained(
  proxmox: Proxmox,
  item: ItemRow,
  effect: Effect,
  exit: string,
): Promise<string> {
  if (outcome(exit).ok) return exit;
  return (await effect.explain?.(proxmox, item, exit)) ?? exit;
}
