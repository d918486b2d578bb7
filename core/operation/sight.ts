import type { World } from "../context.ts";
import { clusterTasks, parseUpid, tasks, type ClusterEntry, type Proxmox } from "../proxmox/index.ts";
import type { ItemRow } from "./item.ts";
import { nodeOf } from "./message.ts";
import type { NodeRow, Running } from "./node.ts";

/** A task as some list shows it. */
export interface Seen {
  readonly starttime: number;
  readonly endtime?: number | undefined;
  readonly status?: string | undefined;
}

/** Tasks by their UPID. */
export type Sight = ReadonlyMap<string, Seen>;

/** Proxmox's clock may be behind ours. */
const MARGIN_MS = 60_000;

const startOf = (upid: string) => Math.floor((parseUpid(upid)?.startedAt.getTime() ?? 0) / 1000);

/** What runs in the cluster and has ended lately, in one request. It may leave out anything. */
export async function sightOfCluster(proxmox: Proxmox): Promise<Sight> {
  const entries = await clusterTasks(proxmox);
  const seen = ({ upid, endtime, status }: ClusterEntry): [string, Seen] => [
    upid,
    { starttime: startOf(upid), endtime, status },
  ];
  return new Map(entries.map(seen));
}

/** When the oldest of these tasks began, by Proxmox's own clock where its UPID tells. */
function since(items: readonly ItemRow[]): Date {
  const starts = items.map(
    ({ upid, sentAt }) => parseUpid(upid)?.startedAt.getTime() ?? Date.parse(sentAt ?? "") - MARGIN_MS,
  );
  return new Date(Math.min(...starts));
}

/** The node on which the task of an item runs, by its UPID: a backup is deleted on one that reaches it, wherever its guest is. */
export const taskNode = (lane: string, { upid }: ItemRow) => parseUpid(upid)?.node ?? nodeOf(lane);

/** What a node shows of the tasks of these items, and whatever else began since. */
export async function sightOfNode(proxmox: Proxmox, node: string, items: readonly ItemRow[]): Promise<Sight> {
  const entries = await tasks(proxmox, node, { since: since(items) });
  return new Map(entries.map((entry): [string, Seen] => [entry.upid, entry]));
}

/** The node and the guest of a task, as `node/vmid`. */
function placeOf(upid: string): string {
  const { node = "", id = "" } = parseUpid(upid) ?? {};
  return `${node}/${id}`;
}

/** After this time a task that was begun is in every list that shows any. */
const SURELY_MS = 3000;
/** So much earlier than by our clock a task may have begun by Proxmox's. */
const EARLY_MS = 5000;

/** The newest task of each guest that a sight names, by node and guest, and the newest of those that have ended: when they began. */
function newest(sight: Sight) {
  const [named, ended] = [new Map<string, number>(), new Map<string, number>()];
  for (const [upid, { endtime, starttime }] of sight) {
    const place = placeOf(upid);
    for (const seen of endtime === undefined ? [named] : [named, ended])
      seen.set(place, Math.max(seen.get(place) ?? 0, starttime * 1000));
  }
  return { named, ended };
}

/** How what holds a slot stands in a sight; "unseen" is what should be there by now and is not, "new" what need not be there yet. */
function standing(sight: Sight, now: number) {
  const { named, ended } = newest(sight);
  return (lane: string, { vmid, start }: Running): "ended" | "underway" | "new" | "unseen" => {
    const place = `${nodeOf(lane)}/${vmid}`;
    const since = start - EARLY_MS;
    if ((ended.get(place) ?? 0) > since) return "ended";
    if ((named.get(place) ?? 0) > since) return "underway";
    return start > now - SURELY_MS ? "new" : "unseen";
  };
}

/** Whether a sight shows nothing of all that runs: a token without the right to see it gets an empty list. */
export function isBlind(sight: Sight, nodes: ReadonlyMap<string, NodeRow>, now: number): boolean {
  const stands = standing(sight, now);
  const all = [...nodes].flatMap(([lane, { running }]) => running.map((one) => stands(lane, one)));
  return !all.some((one) => one === "ended" || one === "underway");
}

/** The nodes on which something has ended by a sight, or that hold what the sight should show and does not. */
export function withNews(nodes: ReadonlyMap<string, NodeRow>, sight: Sight, now: number) {
  const stands = standing(sight, now);
  const isNews = (lane: string, one: Running) => ["ended", "unseen"].includes(stands(lane, one));
  return [...nodes].filter(([lane, { running }]) => running.some((one) => isNews(lane, one)));
}

/** Nodes at work from which one look at the cluster is worth more than one at a node. */
const MANY = 3;

/**
 * Whether a look is at the whole cluster: cheaper in requests, dearer in bytes. Who leads goes on while others are at work.
 * Nodes on which all only waits do not count.
 */
export function looksWide(world: World, node: NodeRow, all: readonly NodeRow[]): boolean {
  const now = world.clock.now().getTime();
  const isBusy = ({ running }: NodeRow) => running.some(({ start }) => start <= now);
  const busy = all.filter(isBusy).length;
  if (!world.settings.patience.wide || busy === 0) return false;
  return node.leads || (isBusy(node) && busy >= MANY);
}
