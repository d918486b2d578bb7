import type { Clock } from "../core/lib/clock.ts";
import type { Transport, WireReply, WireRequest } from "../core/proxmox/index.ts";
import { durationOf } from "../local/proxmox/latency.ts";
import { randomOf } from "../local/proxmox/random.ts";
import { formatUpid } from "../local/proxmox/upid.ts";

/** A cluster that can do nothing but list and snapshot. Its guests are numbers, not objects. */
export interface Cluster {
  readonly transport: Transport;
  /** The most tasks that ran at once on one node. */
  readonly peak: () => number;
  /** How many snapshots each guest has, by its place. */
  readonly snapshots: Uint8Array;
  readonly requests: () => number;
}

interface Task {
  readonly vmid: number;
  readonly pid: number;
  /** Milliseconds of the epoch. */
  readonly start: number;
  readonly end: number;
}

const FIRST = 100;
const LATEST = 25;
/** How long an answer takes. */
const [POST_MS, READ_MS] = [60, 40];

const reply = (data: unknown): WireReply => ({ status: 200, reason: "OK", body: JSON.stringify({ data }) });
const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);

function upidOf(node: string, { vmid, pid, start }: Task): string {
  const starttime = seconds(start);
  return formatUpid({
    node,
    pid,
    pstart: pid,
    starttime,
    type: "qmsnapshot",
    id: String(vmid),
    user: "root@pam!main",
  });
}

function entryOf(node: string, task: Task, now: number) {
  const done = task.end <= now ? { endtime: seconds(task.end), status: "OK" } : { status: "RUNNING" };
  const { vmid: id, start } = task;
  return {
    upid: upidOf(node, task),
    node,
    type: "qmsnapshot",
    id: String(id),
    starttime: seconds(start),
    ...done,
  };
}

interface Wish {
  readonly nodes: number;
  readonly guests: number;
  readonly seed: number;
}

/** All that such a cluster is. */
function stateOf(clock: Clock, wish: Wish) {
  const names = Array.from({ length: wish.nodes }, (_, index) => `pve${index + 1}`);
  return {
    names,
    guests: wish.guests,
    now: () => clock.now().getTime(),
    random: randomOf({ random: wish.seed }),
    tasks: new Map(names.map((name): [string, Task[]] => [name, []])),
    snapshots: new Uint8Array(wish.guests),
    counts: { requests: 0, peak: 0, pid: 1000 },
  };
}
type State = ReturnType<typeof stateOf>;

const FIXED = { type: "qemu", status: "running", template: 0, tags: "env-prod;moxxie", maxcpu: 2 };

function resources({ names, guests }: State): WireReply {
  const nodes = names.map((node) => ({ id: `node/${node}`, type: "node", node, status: "online" }));
  const rows = Array.from({ length: guests }, (_, index) => {
    const [vmid, node] = [FIRST + index, names[index % names.length]];
    const sizes = { maxmem: 2 ** 31, maxdisk: 2 ** 35 };
    return { id: `qemu/${vmid}`, vmid, node, name: `guest-${vmid}`, ...sizes, ...FIXED };
  });
  return reply([...rows, ...nodes]);
}

function begin({ tasks, snapshots, counts, now, random }: State, node: string, vmid: number): WireReply {
  const all = tasks.get(node) ?? [];
  const start = now();
  const task = { vmid, pid: counts.pid++, start, end: start + durationOf("snapshot", random) };
  all.push(task);
  snapshots[vmid - FIRST] = (snapshots[vmid - FIRST] ?? 0) + 1;
  counts.peak = Math.max(counts.peak, all.filter(({ end }) => end > start).length);
  return reply(upidOf(node, task));
}

/** Tasks of a node, those that `chosen` leaves. */
const listed = ({ tasks, now }: State, node: string, chosen: (tasks: Task[]) => Task[]) =>
  chosen(tasks.get(node) ?? []).map((task) => entryOf(node, task, now()));

function answer(state: State, { method, target }: WireRequest): WireReply {
  const [, node = "", vmid] = /^\/nodes\/([^/]+)\/qemu\/(\d+)\/snapshot$/.exec(target) ?? [];
  if (method === "POST" && vmid !== undefined) return begin(state, node, Number(vmid));
  if (target.startsWith("/cluster/resources")) return resources(state);
  if (target === "/cluster/tasks")
    return reply(state.names.flatMap((name) => listed(state, name, (all) => all.slice(-LATEST))));
  const [, name, since] = /^\/nodes\/([^/]+)\/tasks\?.*since=(\d+)/.exec(target) ?? [];
  const isNew = ({ start }: Task) => seconds(start) >= Number(since);
  if (name !== undefined) return reply(listed(state, name, (all) => all.filter(isNew)));
  throw new Error(`not part of this stand-in: ${method} ${target}`);
}

/** A cluster of so many guests, spread evenly over its nodes. */
export function leanCluster(clock: Clock, wish: Wish): Cluster {
  const state = stateOf(clock, wish);
  return {
    snapshots: state.snapshots,
    peak: () => state.counts.peak,
    requests: () => state.counts.requests,
    async transport(wire) {
      state.counts.requests += 1;
      await clock.sleep(wire.method === "POST" ? POST_MS : READ_MS);
      return answer(state, wire);
    },
  };
}
