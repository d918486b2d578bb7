import type { World } from "../context.ts";
import { newId } from "../lib/id.ts";
import { firstLook, nextLook, type Underway } from "./look-time.ts";
import { sendFollow, type FollowMessage } from "./message.ts";
import { isWatched, type NodeRow, type Running } from "./node.ts";

/** What a watcher knows when it has looked. */
export interface Look {
  readonly message: Pick<FollowMessage, "ticket" | "after">;
  /** Whether it found nothing new. */
  readonly quiet: boolean;
  /** Tasks on other nodes that the same look covers, should it be one at the whole cluster. */
  readonly others: readonly Underway[];
  readonly leads: boolean;
}

/** Who looks after a node beside its own watcher. */
export interface Watch {
  readonly look?: Look | undefined;
  /** Another node's watcher has looked here, and goes on doing so. */
  readonly covered?: boolean | undefined;
}

/** How long an item may be kept waiting for what other nodes hold; and where look after look finds nothing new. */
const BLOCKED_SECONDS = 5;
const STUCK_SECONDS = 20;
/** A look that comes so much earlier is worth a message more. */
const EARLIER_MS = 1000;

/** Whether a message is the watcher of its node: the row names it, or its sender has not written since. */
export const isWatcher = (node: NodeRow, message: Look["message"]) =>
  node.ticket === message.ticket || node.version === message.after;

/** A node that another's watcher looks after sees to itself after so long, should that one die. */
export const COVERED_SECONDS = 8;

/** How long whoever found nothing several times holds back, in seconds. */
function rung({ settings: { pollSeconds } }: World, { quiet }: NodeRow): number {
  return quiet < 2 ? 0 : (pollSeconds[quiet - 2] ?? pollSeconds.at(-1) ?? 60);
}

/** How long what waits without running may be kept waiting, in seconds. */
const blockedFor = (world: World, node: NodeRow) =>
  Math.max(BLOCKED_SECONDS, Math.min(rung(world, node), STUCK_SECONDS));

/** Seconds until the node is worth a look; a ladder holds back whoever found nothing several times, of what is known. Pure. */
export function pause(world: World, node: NodeRow, now: number, others: readonly Underway[] = []): number {
  const { patience } = world.settings;
  const tasks = [...node.running, ...others];
  const wait = tasks.length === 0 ? BLOCKED_SECONDS : nextLook(now, tasks, node.learnt, patience);
  return Math.min(Math.max(wait, rung(world, node)), firstLook(now, tasks, node.learnt));
}

/** Looks in a row that found nothing new; whatever else frees a slot here is news as well. */
function quietOf(before: NodeRow, next: NodeRow, look: Look | undefined): number {
  if (look) return look.quiet ? before.quiet + 1 : 0;
  const stays = ({ holder }: Running) => next.running.some((one) => one.holder === holder);
  return before.running.every(stays) ? before.quiet : 0;
}

interface Nodes {
  readonly before: NodeRow;
  readonly next: NodeRow;
  /** Something waits without running. */
  readonly more: boolean;
}

/** The watch of a node that has nothing to look for; a watcher that is on its way is left to find that out. */
function atRest({ before, next }: Nodes, mine: boolean, covered: boolean): NodeRow {
  if (!mine && !covered && before.ticket !== "") return next;
  return { ...next, ticket: "", due: 0, quiet: 0, leads: false };
}

/** Sends a watcher to a node, unless one is there in time. The message goes out before the row is written that names it. */
async function send(world: World, lane: string, nodes: Nodes, wait: { seconds: number; mine: boolean }) {
  const { before, next } = nodes;
  const now = world.clock.now().getTime();
  const due = now + Math.round(wait.seconds * 1000);
  if (!wait.mine && isWatched(before, now) && due > before.due - EARLIER_MS) return next;
  const ticket = newId("look", new Date(now));
  await sendFollow(world, { lane, ticket, after: before.version, due }, Math.floor(wait.seconds));
  return { ...next, ticket, due };
}

/** Sees to it that a node with work has a watcher in time. */
export async function summon(world: World, lane: string, nodes: Nodes, watch: Watch): Promise<NodeRow> {
  const { before, more } = nodes;
  const now = world.clock.now().getTime();
  const look = watch.look && isWatcher(before, watch.look.message) ? watch.look : undefined;
  const covered = watch.covered === true && !before.leads;
  const quiet = quietOf(before, nodes.next, look);
  const next = { ...nodes.next, quiet, leads: look?.leads ?? before.leads };
  const mine = look !== undefined;
  const others = look?.others ?? [];
  if (next.running.length + others.length === 0 && !more) return atRest({ ...nodes, next }, mine, covered);
  const own = Math.min(pause(world, next, now, others), more ? blockedFor(world, next) : Infinity);
  if (!covered) return send(world, lane, { ...nodes, next }, { seconds: own, mine });
  const seconds = Math.max(own, COVERED_SECONDS);
  if (isWatched(before, now)) return { ...next, due: Math.max(before.due, now + seconds * 1000) };
  return send(world, lane, { ...nodes, next }, { seconds, mine });
}
