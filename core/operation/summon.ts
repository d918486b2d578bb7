import type { World } from "../context.ts";
import { newId } from "../lib/id.ts";
import { nextLook, type Underway } from "./look-time.ts";
import { sendFollow, type FollowMessage } from "./message.ts";
import { isWatched, type NodeRow } from "./node.ts";

/** What a watcher knows when it has looked. */
export interface Look {
  readonly message: Pick<FollowMessage, "ticket" | "after">;
  /** Whether it found nothing new. */
  readonly quiet: boolean;
  /** Tasks on other nodes that the same look covers, and when the last of those nodes looks next. */
  readonly others: readonly Underway[];
  readonly lastDue: number;
}

/** How long an item may be kept waiting for what other nodes hold. */
const BLOCKED_SECONDS = 5;
/** A look that comes so much earlier is worth a message more. */
const EARLIER_MS = 1000;

/** Whether a message is the watcher of its node: the row names it, or its sender has not written since. */
export const isWatcher = (node: NodeRow, message: Look["message"]) =>
  node.ticket === message.ticket || node.version === message.after;

/** Seconds until the node is worth a look; a ladder holds back whoever found nothing several times. Pure. */
function pause(world: World, node: NodeRow, now: number, look: Look | undefined): number {
  const { patience, pollSeconds } = world.settings;
  const tasks = [...node.running, ...(look?.others ?? [])];
  const wait = tasks.length === 0 ? BLOCKED_SECONDS : nextLook(now, tasks, node.learnt, patience);
  const rung = node.quiet < 2 ? 0 : (pollSeconds[node.quiet - 2] ?? pollSeconds.at(-1) ?? 60);
  const queue = look && look.others.length > 0 ? Math.max(0, look.lastDue - now) / 1000 : 0;
  return Math.max(wait + queue, rung);
}

/**
 * Sees to it that a node with work has a watcher in time. The message goes out before the row is written that names
 * it; `more` says that something waits without running.
 */
export async function summon(
  world: World,
  lane: string,
  nodes: { readonly before: NodeRow; readonly next: NodeRow; readonly more: boolean },
  look: Look | undefined,
): Promise<NodeRow> {
  const { before, more } = nodes;
  const now = world.clock.now().getTime();
  const mine = look !== undefined && isWatcher(before, look.message);
  const next = mine ? { ...nodes.next, quiet: look.quiet ? before.quiet + 1 : 0 } : nodes.next;
  const watched = !mine && isWatched(before, now);
  if (next.running.length === 0 && !more) return watched ? next : { ...next, ticket: "", due: 0, quiet: 0 };
  const seconds = pause(world, next, now, mine ? look : undefined);
  const capped = more ? Math.min(seconds, BLOCKED_SECONDS) : seconds;
  const due = now + Math.round(capped * 1000);
  if (watched && due > before.due - EARLIER_MS) return next;
  const ticket = newId("look", new Date(now));
  await sendFollow(world, { lane, ticket, after: before.version }, Math.floor(capped));
  return { ...next, ticket, due };
}
