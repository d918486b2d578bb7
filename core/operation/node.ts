import * as z from "zod";
import type { World } from "../context.ts";
import type { Change, Reading } from "../db/index.ts";
import { Learnt } from "./learnt.ts";
import { clusterOf, nodeOf } from "./message.ts";

/** Who has a slot of a node, for which guest, and when its task began or will probably begin (milliseconds of the epoch). */
const Running = z.object({
  holder: z.string(),
  vmid: z.number(),
  action: z.string(),
  start: z.number(),
  /** It had to wait in line for its slot. */
  claimed: z.literal(true).exactOptional(),
  /** Its guest has moved to another node, where its slot is: here it is only looked after. */
  away: z.literal(true).exactOptional(),
});
export type Running = z.infer<typeof Running>;

/** How many slots of a node are taken. */
export const taken = (running: readonly Running[]) => running.filter(({ away }) => away !== true).length;

/** Who waits for a slot after it had let its own go: `seen` is the fence with which it is sent for when it gets one. */
const Claim = Running.extend({ seen: z.number() });
export type Claim = z.infer<typeof Claim>;

/**
 * A node at work. Every change of it raises `version`, so two turns never overlap: no cap is exceeded and no item
 * started twice, whoever races. `ticket` names the message that watches, "" none; `due` is when it looks next.
 */
export const NodeRow = z.object({
  version: z.number(),
  running: z.array(Running),
  claims: z.array(Claim),
  ticket: z.string(),
  due: z.number(),
  /** Looks in a row that found nothing new. */
  quiet: z.number(),
  /** Its watcher looks at the whole cluster, for all nodes. */
  leads: z.boolean(),
  learnt: z.record(z.string(), Learnt),
  /** Where each tenant's turn has come to; only kept while a node has very many lanes. */
  served: z.record(z.string(), z.string()),
});
export type NodeRow = z.infer<typeof NodeRow>;

const FRESH: NodeRow = {
  version: 0,
  running: [],
  claims: [],
  ticket: "",
  due: 0,
  quiet: 0,
  leads: false,
  learnt: {},
  served: {},
};

const partition = (cluster: string) => `node#${cluster}`;
const nodeKey = (lane: string) => ({ pk: partition(clusterOf(lane)), sk: nodeOf(lane) });

/** What is known of a node; one that never had work is empty. */
export async function loadNode(world: World, lane: string, how?: Reading): Promise<NodeRow> {
  const row = await world.store.get("Runtime", nodeKey(lane), how);
  return row ? NodeRow.parse(row) : FRESH;
}

/** All nodes of a cluster that ever had work, by lane. What this tells may be a moment old. */
export async function loadNodes(world: World, cluster: string): Promise<Map<string, NodeRow>> {
  const rows = await world.store.query({ table: "Runtime", pk: partition(cluster), eventual: true });
  return new Map(rows.map((row) => [`${cluster}/${row.sk}`, NodeRow.parse(row)]));
}

/** The change from one state of a node to the next; it fails when another has changed it since. */
export const nodeChange = (lane: string, before: NodeRow, next: NodeRow): Change => ({
  table: "Runtime",
  put: { ...nodeKey(lane), ...next, version: before.version + 1 },
  when: before.version === 0 ? { exists: false } : { equals: { version: before.version } },
});

const OVERDUE_MS = 60_000;

/** Whether somebody will look at the node soon: a watcher that is long overdue is dead. */
export const isWatched = (node: NodeRow, now: number) => node.ticket !== "" && node.due > now - OVERDUE_MS;
