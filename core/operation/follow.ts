import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { pooled } from "../lib/pool.ts";
import { ProxmoxError } from "../proxmox/index.ts";
import { closeLanes } from "./close.ts";
import { mayLead, putOff } from "./cover.ts";
import type { Effects } from "./effect.ts";
import { openLanes } from "./lane.ts";
import { look } from "./look.ts";
import { clusterOf, FollowMessage } from "./message.ts";
import { loadNode, loadNodes, type NodeRow } from "./node.ts";
import { relist } from "./relist.ts";
import { looksWide, sightOfCluster, withNews, type Sight } from "./sight.ts";
import { isWatcher } from "./summon.ts";
import { turn, type Turned } from "./turn.ts";

/** SQS knows whole seconds only; the rest is waited for here. */
const MOST_WAIT_MS = 1000;
const WIDTH = 2;
/** So many lanes are looked at by the way; the sweeper looks at all. */
const CLOSED = 50;

/**
 * The node, if the message is its watcher. What is read may be a moment old, when the row did not yet name whoever
 * watches now: only the ticket itself is believed without asking twice.
 */
async function watched(world: World, message: FollowMessage): Promise<NodeRow | undefined> {
  const seen = await loadNode(world, message.lane, { eventual: true });
  if (seen.ticket === message.ticket) return seen;
  const node = await loadNode(world, message.lane);
  return isWatcher(node, message) ? node : undefined;
}

async function untilDue(world: World, due: number): Promise<void> {
  const left = due - world.clock.now().getTime();
  if (left > 0) await world.clock.sleep(Math.min(MOST_WAIT_MS, left));
}

/** The whole cluster at one look; undefined when it cannot be had: then the node is asked. */
async function wideSight(world: World, cluster: string): Promise<Sight | undefined> {
  try {
    return await sightOfCluster(await Cluster.connect(world, cluster));
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    world.log.warn("follow", { cluster, reason: error.message });
    return undefined;
  }
}

/** A look that is made when it is needed first: a node on which all waits needs none. */
function lazy(make: () => Promise<Sight | undefined>) {
  let made: Promise<Sight | undefined> | undefined;
  return { see: () => (made ??= make()), seen: async () => made };
}

/** Gives the other nodes their turn for which a look at the cluster has shown something. */
const serveOthers = (
  world: World,
  news: readonly (readonly [string, NodeRow])[],
  port: { effects: Effects; sight: Sight | undefined; leads: boolean },
): Promise<Turned[]> =>
  pooled(news, WIDTH, async ([lane, node]) => {
    const found = await look(world, lane, node, { effects: port.effects, sight: async () => port.sight });
    return turn(world, lane, { ...found, node, covered: port.leads });
  });

/** The nodes of the cluster; that of the watcher itself as new as is known. */
async function nodesWith(world: World, lane: string, due: NodeRow): Promise<Map<string, NodeRow>> {
  const nodes = await loadNodes(world, clusterOf(lane));
  const listed = nodes.get(lane);
  return listed && listed.version > due.version ? nodes : nodes.set(lane, due);
}

/** One look at a node, or at all of its cluster: settle what has ended, start what waits, and come again while anything runs. */
export async function follow(world: World, message: unknown, effects: Effects): Promise<void> {
  const wanted = FollowMessage.parse(message);
  const { lane } = wanted;
  const due = await watched(world, wanted);
  if (!due) return;
  await untilDue(world, due.due);
  const nodes = await nodesWith(world, lane, due);
  const node = nodes.get(lane) ?? due;
  if (await putOff(world, wanted, nodes)) return;
  const wide = looksWide(world, node, [...nodes.values()]);
  const sight = wide ? lazy(() => wideSight(world, clusterOf(lane))) : undefined;
  const found = await look(world, lane, node, { effects, sight: sight?.see });
  const seen = await (node.running.length === 0 ? sight?.see() : sight?.seen());
  await closeLanes(world, await openLanes(world, lane, { limit: CLOSED, eventual: true }));
  const leads = seen !== undefined && mayLead(world, lane, nodes, seen);
  nodes.delete(lane);
  const news = seen ? withNews(nodes, seen, world.clock.now().getTime()) : [];
  const served = await serveOthers(world, news, { effects, sight: seen, leads });
  const quiet = found.endings.length === 0 && served.every(({ settled }) => settled.length === 0);
  const others = leads ? [...nodes.values()].flatMap((one) => one.running) : [];
  const mine = await turn(world, lane, { ...found, node, look: { message: wanted, quiet, others, leads } });
  const ended = [mine, ...served].flatMap(({ settled }) => settled.map(({ item }) => effects[item.action]));
  await relist(world, lane, ended);
}
