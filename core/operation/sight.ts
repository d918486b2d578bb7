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

/** What a node shows of the tasks of these items, and whatever else began since. */
export async function sightOfNode(proxmox: Proxmox, lane: string, items: readonly ItemRow[]): Promise<Sight> {
  const entries = await tasks(proxmox, nodeOf(lane), { since: since(items) });
  return new Map(entries.map((entry): [string, Seen] => [entry.upid, entry]));
}

/** The node and the guest of a task, as `node/vmid`. */
function placeOf(upid: string): string {
  const { node = "", id = "" } = parseUpid(upid) ?? {};
  return `${node}/${id}`;
}

const EARLY_MS = 5000;

/** Whether a sight shows that something of a node has ended. */
export function hasNews(lane: string, node: NodeRow, ended: ReadonlyMap<string, number>): boolean {
  const news = ({ vmid, start }: Running) => {
    const began = ended.get(`${nodeOf(lane)}/${vmid}`);
    return began !== undefined && began * 1000 > start - EARLY_MS;
  };
  return node.running.some(news);
}

/** When the newest task of each guest began that has ended, by node and guest. */
export function endedIn(sight: Sight): Map<string, number> {
  const ended = new Map<string, number>();
  for (const [upid, { endtime, starttime }] of sight) {
    const place = placeOf(upid);
    if (endtime !== undefined) ended.set(place, Math.max(ended.get(place) ?? 0, starttime));
  }
  return ended;
}

/** Nodes at work from which one look at the cluster is worth more than one at a node. */
const MANY = 3;

/** Whether a look is at the whole cluster: cheaper in requests, dearer in bytes. */
export const looksWide = (world: World, nodes: readonly NodeRow[]) =>
  world.settings.patience.wide && nodes.filter((node) => node.running.length > 0).length >= MANY;
