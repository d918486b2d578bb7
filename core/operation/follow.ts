import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { refresh } from "../inventory/index.ts";
import { pooled } from "../lib/pool.ts";
import { ProxmoxError } from "../proxmox/index.ts";
import { closeLanes } from "./close.ts";
import type { Effects } from "./effect.ts";
import { look } from "./look.ts";
import { clusterOf, FollowMessage } from "./message.ts";
import { loadNode, loadNodes, type NodeRow } from "./node.ts";
import { endedIn, hasNews, looksWide, sightOfCluster, type Sight } from "./sight.ts";
import { isWatcher, type Look } from "./summon.ts";
import { turn, type Turned } from "./turn.ts";

/** One listing in this time is enough, however many guests change. */
const LISTING_SECONDS = 5;
/** SQS knows whole seconds only; the rest is waited for here. */
const MOST_WAIT_MS = 1000;
const WIDTH = 4;

type Message = Look["message"] & { readonly lane: string };

/** The node, if the message is its watcher. What is read may be a moment old, so a no is asked twice. */
async function watched(world: World, message: Message): Promise<NodeRow | undefined> {
  const seen = await loadNode(world, message.lane, { eventual: true });
  if (isWatcher(seen, message)) return seen;
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

/** Gives the other nodes their turn for which a look at the cluster has shown something. */
async function serveOthers(
  world: World,
  nodes: ReadonlyMap<string, NodeRow>,
  port: { effects: Effects; sight: Sight },
) {
  const ended = endedIn(port.sight);
  const news = [...nodes].filter(([lane, node]) => hasNews(lane, node, ended));
  await pooled(news, WIDTH, async ([lane, node]) => {
    const found = await look(world, lane, node, port);
    if (found.endings.length + found.freed.length > 0) await turn(world, lane, { ...found, node });
  });
}

/** A listing of the guests whose state has changed; of a snapshot it would show nothing. */
async function relist(world: World, lane: string, { settled }: Turned): Promise<void> {
  if (settled.some(({ item }) => item.action.startsWith("vm.")))
    await refresh(world, clusterOf(lane), LISTING_SECONDS);
}

/** One look at a node, or at all of its cluster: settle what has ended, start what waits, and come again while anything runs. */
export async function follow(world: World, message: unknown, effects: Effects): Promise<void> {
  const wanted = FollowMessage.parse(message);
  const { lane } = wanted;
  if (wanted.v === 1) return void (await turn(world, lane, {}));
  const due = await watched(world, wanted);
  if (!due) return;
  await untilDue(world, due.due);
  const nodes = await loadNodes(world, clusterOf(lane));
  const node = nodes.get(lane) ?? due;
  nodes.delete(lane);
  const wide = node.running.length > 0 && looksWide(world, [node, ...nodes.values()]);
  const sight = wide ? await wideSight(world, clusterOf(lane)) : undefined;
  const found = await look(world, lane, node, { effects, sight });
  await closeLanes(world, lane);
  const quiet = found.endings.length === 0;
  const busy = wide ? [...nodes.values()].filter((one) => one.running.length > 0) : [];
  const others = busy.flatMap((one) => one.running);
  const lastDue = Math.max(0, ...busy.map((one) => one.due));
  const turned = await turn(world, lane, {
    ...found,
    node,
    look: { message: wanted, quiet, others, lastDue },
  });
  if (sight) await serveOthers(world, nodes, { effects, sight });
  await relist(world, lane, turned);
}
