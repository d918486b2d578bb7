import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { pooled } from "../lib/pool.ts";
import {
  asFault,
  outcome,
  parseUpid,
  taskLog,
  tasks,
  type Proxmox,
  type TaskEntry,
} from "../proxmox/index.ts";
import { resultsOf } from "./job-log.ts";

const WIDTH = 6;
const LOOK_BACK_MS = 14 * 86_400_000;
/** So many logs are read of a node, and so many lines of each, however many of its jobs failed. */
const MOST_LOGS = 5;
const MOST_LINES = 5000;

/** How the newest backup of a guest came out, and when it began. */
export interface NewestTask {
  readonly at: Date;
  readonly failed: string | undefined;
}

/** The nodes of a cluster that can be asked, and its guests. */
export interface Fleet {
  readonly nodes: readonly string[];
  readonly guests: readonly Guest[];
}

/** The names of the nodes that can be asked. */
export const onlineOf = (nodes: readonly { readonly name: string; readonly online: boolean }[]) =>
  nodes.filter(({ online }) => online).map(({ name }) => name);

type Found = Map<string, NewestTask>;

const statusOf = ({ status = "no status" }: TaskEntry) => status;

function learn(found: Found, vm: string, task: NewestTask): void {
  const known = found.get(vm);
  if (!known || known.at < task.at) found.set(vm, task);
}

/** A task of several guests names none. What it made is to be seen on the storage, so only failed ones are read. */
async function learnSeveral(
  proxmox: Proxmox,
  found: Found,
  cluster: string,
  job: { readonly task: TaskEntry; readonly guests: readonly Guest[] },
): Promise<void> {
  const upid = parseUpid(job.task.upid);
  if (!upid) return;
  const lines = await taskLog(proxmox, upid, { limit: MOST_LINES });
  const at = new Date(job.task.starttime * 1000);
  for (const [vmid, failed] of resultsOf(lines, statusOf(job.task), job.guests))
    learn(found, `${cluster}/${vmid}`, { at, failed });
}

const newestFirst = (a: TaskEntry, b: TaskEntry) => b.starttime - a.starttime;

async function onNode(
  proxmox: Proxmox,
  found: Found,
  place: { readonly cluster: string; readonly node: string; readonly since: Date },
  fleet: Fleet,
): Promise<void> {
  const { cluster, node, since } = place;
  const ended = (await tasks(proxmox, node, { since, type: "vzdump" })).filter(
    ({ endtime }) => endtime !== undefined,
  );
  for (const task of ended.filter(({ id }) => id)) {
    const failed = outcome(task.status).ok ? undefined : statusOf(task);
    learn(found, `${cluster}/${task.id ?? ""}`, { at: new Date(task.starttime * 1000), failed });
  }
  const broken = ended.filter(({ id, status }) => !id && !outcome(status).ok).toSorted(newestFirst);
  const guests = fleet.guests.filter((guest) => guest.node === node);
  for (const task of broken.slice(0, MOST_LOGS))
    await learnSeveral(proxmox, found, cluster, { task, guests });
}

/**
 * How the newest backup of each guest of a cluster came out, of the last two weeks: one request for each node, and one for
 * each job of several guests that failed there lately.
 */
export async function newestTasks(
  world: World,
  cluster: string,
  fleet: Fleet,
): Promise<ReadonlyMap<string, NewestTask>> {
  const proxmox = await Cluster.connect(world, cluster);
  const since = new Date(world.clock.now().getTime() - LOOK_BACK_MS);
  const found: Found = new Map();
  await pooled(fleet.nodes, WIDTH, (node) =>
    onNode(proxmox, found, { cluster, node, since }, fleet).catch(asFault),
  );
  return found;
}
