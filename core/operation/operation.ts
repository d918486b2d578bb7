import * as z from "zod";
import type { Context, World } from "../context.ts";
import { Warning } from "../lib/page.ts";
import { Counts, VERDICTS } from "./counts.ts";

/** What restrains an operation: Proxmox tasks running at once, failures after which no new item starts, waits in seconds. */
export const Limits = z.object({
  maxConcurrency: z.number().int().nullable(),
  maxErrors: z.number().int().nullable(),
  lockWaitSeconds: z.number(),
  deadlineSeconds: z.number(),
});
export type Limits = z.infer<typeof Limits>;

/** A limit on something that several nodes share: at most `size` items hold it at once. */
export const Pool = z.object({ name: z.string(), size: z.number().int().min(1) });
export type Pool = z.infer<typeof Pool>;

/** Why something went wrong, by a code of docs/errors.md. */
export const ItemError = z.object({ code: z.string(), detail: z.string() });

const ActorRow = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  keyId: z.string().exactOptional(),
  may: z.array(z.string()),
});

export const NO_GUEST = "the selector fits no guest";

/** An operation as it is kept. `closed` holds the counts of lanes that are done; open lanes keep their own. */
export const OperationRow = z.object({
  id: z.string(),
  kind: z.string(),
  actor: ActorRow,
  requestId: z.string(),
  source: z.string(),
  jobId: z.string().nullable(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  state: z.enum(["open", ...VERDICTS]),
  total: z.number(),
  /** Items that were left out already by the plan. */
  leftOut: z.number(),
  /** How many items have been written; `expanded` once the lanes are open too. */
  cursor: z.number(),
  expanded: z.boolean(),
  lanes: z.array(z.string()),
  closed: z.record(z.string(), Counts),
  input: z.unknown(),
  bulk: z.boolean(),
  /** Whether a listing shows what it does. */
  listed: z.boolean(),
  /** Whether the caller wanted rules set aside. */
  override: z.boolean(),
  limits: Limits,
  /** What its items share with those of other operations; `{lane}` in a name stands for their node, `{cluster}` for its cluster. */
  pools: z.array(Pool),
  /** Why a single call failed: the error of its one item. */
  error: ItemError.nullable(),
  /** Why it does nothing, should it have no items. */
  nothing: z.string(),
  /** Why nothing more of it is started. */
  stop: z.string().nullable(),
  /** When a caller cancelled it last, and whether its running tasks are to be stopped too. */
  stoppedAt: z.string().nullable(),
  stopRunning: z.boolean(),
  /** The operation of which this one does items again. */
  retryOf: z.string().nullable(),
  /** What was not known when its guests were chosen. */
  warnings: z.array(Warning),
});
export type OperationRow = z.infer<typeof OperationRow>;

/** The partition of an operation: its own row, its plan and its items. */
export const partition = (operation: string) => `op#${operation}`;

/** The key of the operation itself. */
export const operationKey = (operation: string) => ({ pk: partition(operation), sk: "operation" });

/** The operation, or undefined. */
export async function loadOperation(world: World, id: string): Promise<OperationRow | undefined> {
  const row = await world.store.get("History", operationKey(id));
  return row ? OperationRow.parse(row) : undefined;
}

/** The operation as it was a moment ago: enough for what never changes, at half the price. */
export async function recallOperation(world: World, id: string): Promise<OperationRow | undefined> {
  const row = await world.store.get("History", operationKey(id), { eventual: true });
  return row ? OperationRow.parse(row) : loadOperation(world, id);
}

/** The context in which a worker goes on with what the operation's actor began. */
export const contextOf = (world: World, operation: OperationRow): Context => ({
  ...world,
  log: world.log.with({ operation: operation.id }),
  actor: operation.actor,
  requestId: operation.requestId,
  source: operation.source,
  dryRun: false,
});

const LANE = "{lane}";
const CLUSTER = "{cluster}";
const named = (pools: readonly Pool[], lane: string): Pool[] =>
  pools.map(({ name, size }) => ({
    name: name.replace(LANE, lane).replace(CLUSTER, lane.split("/")[0] ?? ""),
    size,
  }));

/** All that an item of this operation has to hold before it starts on a node, beside the node's own slot. */
export function operationPools({ id, limits, pools }: OperationRow, lane: string): Pool[] {
  const { maxConcurrency } = limits;
  const own = maxConcurrency === null ? [] : [{ name: id, size: maxConcurrency }];
  return [...own, ...named(pools, lane)];
}

/** Those of them that are about the node alone, and mean nothing to an item whose guest has moved away. */
export const nodePools = ({ pools }: OperationRow, lane: string): Pool[] =>
  named(
    pools.filter(({ name }) => name.includes(LANE)),
    lane,
  );
