import type { World } from "../context.ts";
import { sendFollow, type FollowMessage } from "./message.ts";
import type { NodeRow } from "./node.ts";
import { isBlind, type Sight } from "./sight.ts";
import { COVERED_SECONDS, pause } from "./summon.ts";

/** Nodes of a cluster by lane. */
type Nodes = ReadonlyMap<string, NodeRow>;

/** A watcher that is so late is not there any more. */
const LATE_MS = 3000;
/** Watchers that are due so close to each other do not know of each other yet: the first by name looks. */
const TOGETHER_MS = 1000;
const AFTER_SECONDS = 2;
/** So many times in a row a node relies on another's watcher: what that one cannot see has to be looked at as well. */
const MOST_HOPS = 3;

/** The watcher of another node that looks here too, soon enough and before this one. */
function leaderFor(world: World, lane: string, nodes: Nodes): NodeRow | undefined {
  const node = nodes.get(lane);
  const now = world.clock.now().getTime();
  if (!node) return undefined;
  const latest = now + Math.max(LATE_MS, pause(world, node, now) * 1000);
  const isAlive = (one: NodeRow) => one.ticket !== "" && one.due > now - LATE_MS && one.due <= latest;
  const leads = ([name, one]: [string, NodeRow]) => one.leads && isAlive(one) && (!node.leads || name < lane);
  return [...nodes].find((one) => one[0] !== lane && leads(one))?.[1];
}

/** Whether this watcher may look for all: when it can see what runs, and no other that comes before it by name does so. */
export const mayLead = (world: World, lane: string, nodes: Nodes, sight: Sight): boolean =>
  !isBlind(sight, nodes, world.clock.now().getTime()) &&
  (nodes.get(lane)?.leads !== true || leaderFor(world, lane, nodes) === undefined);

/** Whether another watcher that will lead is about to look at this very moment. */
function isBehind(world: World, lane: string, nodes: Nodes): boolean {
  const now = world.clock.now().getTime();
  const isNear = ({ due }: NodeRow) => Math.abs(due - now) <= TOGETHER_MS;
  return [...nodes].some(
    ([name, one]) => name < lane && one.running.length > 0 && one.ticket !== "" && isNear(one),
  );
}

/** Seconds for which a watcher may go away, since another sees to its node; undefined when it has to look itself. */
function restOf(world: World, lane: string, nodes: Nodes): number | undefined {
  const now = world.clock.now().getTime();
  const leader = leaderFor(world, lane, nodes);
  if (leader) return COVERED_SECONDS + Math.max(0, leader.due - now) / 1000;
  return world.settings.patience.wide && isBehind(world, lane, nodes) ? AFTER_SECONDS : undefined;
}

/**
 * How much too early a watcher is: not more than its node was put off since it was sent. The queue has kept it for as long
 * as its sender wanted, whatever our clock says.
 */
function earlyBy(world: World, { due = -Infinity }: FollowMessage, node: NodeRow): number {
  return Math.min(node.due - world.clock.now().getTime(), node.due - due);
}

/** Sends a watcher away without a look when another sees to its node; false when it has to look itself. */
export async function putOff(world: World, message: FollowMessage, nodes: Nodes): Promise<boolean> {
  const { v: _, kind: __, hops = 0, ...same } = message;
  const node = nodes.get(message.lane);
  if (!node || node.leads || node.running.length === 0) return false;
  const early = earlyBy(world, message, node) / 1000;
  const rest = early > 1 ? early : hops < MOST_HOPS ? restOf(world, message.lane, nodes) : undefined;
  if (rest === undefined) return false;
  await sendFollow(world, { ...same, due: node.due, hops: early > 1 ? hops : hops + 1 }, Math.floor(rest));
  return true;
}
