import * as z from "zod";
import type { World } from "../context.ts";
import { Warning } from "../lib/page.ts";
import type { ItemRow } from "./item.ts";
import { ended, lanesOf, type LaneRow } from "./lane.ts";
import { NO_COUNTS, sum, verdict, VERDICTS, type Counts } from "./counts.ts";
import { ItemError, loadOperation, type OperationRow } from "./operation.ts";

const Progress = z.object({
  total: z.number(),
  queued: z.number(),
  running: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  skipped: z.number(),
  cancelled: z.number(),
  unknown: z.number(),
});

/** An operation as every answer shows it. */
export const Operation = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.enum(["queued", "running", ...VERDICTS]),
  progress: Progress,
  actor: z.string(),
  jobId: z.string().nullable(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  reason: z.string().nullable(),
  /** Why a single call failed; of any other operation its items tell. */
  error: ItemError.nullable(),
  retryOf: z.string().nullable(),
  /** Whether guests may have been meant of which not everything was known; `warnings` say what. */
  partial: z.boolean(),
  warnings: z.array(Warning),
  input: z.unknown(),
});
export type Operation = z.infer<typeof Operation>;

/** One guest's part as every answer shows it. A skipped one always says why. */
export const Item = z.object({
  id: z.string(),
  vm: z.object({ id: z.string(), name: z.string().nullable(), node: z.string() }),
  action: z.string(),
  state: z.enum(["queued", "running", "succeeded", "failed", "skipped", "cancelled", "unknown"]),
  reason: z.string().nullable(),
  upid: z.string().nullable(),
  attempts: z.number(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  error: ItemError.nullable(),
  warnings: z.array(z.string()),
  result: z.record(z.string(), z.unknown()).nullable(),
});
export type Item = z.infer<typeof Item>;

function stateOf(row: OperationRow, counts: Counts, begun: boolean): Operation["state"] {
  if (row.state !== "open") return row.state;
  if (row.expanded && row.lanes.length === 0) return verdict(row, counts);
  return begun ? "running" : "queued";
}

/** The operation with its counts; `open` are its lanes that are not done. */
export function toOperation(row: OperationRow, open: readonly LaneRow[]): Operation {
  const counts = sum([...Object.values(row.closed), ...open, { ...NO_COUNTS, skipped: row.leftOut }]);
  const running = open.reduce((total, lane) => total + (lane.next - lane.from) - ended(lane), 0);
  const settled = counts.succeeded + counts.failed + counts.skipped + counts.cancelled + counts.unknown;
  const progress = { total: row.total, queued: row.total - settled - running, running, ...counts };
  const begun = running > 0 || settled > row.leftOut;
  return {
    id: row.id,
    kind: row.kind,
    state: stateOf(row, counts, begun),
    progress,
    actor: row.actor.id,
    jobId: row.jobId,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    reason: row.stop ?? row.error?.detail ?? (row.total === 0 ? row.nothing : null),
    error: row.error,
    retryOf: row.retryOf,
    partial: row.warnings.length > 0,
    warnings: row.warnings,
    input: row.input,
  };
}

/** How many items of an operation have ended. */
export const settledOf = ({ total, queued, running }: Operation["progress"]) => total - queued - running;

/** An operation with those of its lanes that are not done. */
interface Moment {
  readonly row: OperationRow;
  readonly open: ReadonlyMap<string, LaneRow>;
}

/** The operation and its lanes as of one moment: a lane that is closed between two reads is counted once. */
export async function momentOf(world: World, row: OperationRow): Promise<Moment> {
  const nothing = new Map<string, LaneRow>();
  if (row.state !== "open") return { row, open: nothing };
  const open = await lanesOf(world, row);
  if (row.lanes.every((lane) => open.has(lane) || row.closed[lane] !== undefined)) return { row, open };
  const now = (await loadOperation(world, row.id)) ?? row;
  if (now.state !== "open") return { row: now, open: nothing };
  return { row: now, open: new Map([...open].filter(([lane]) => now.closed[lane] === undefined)) };
}

/** The operation as it is at this moment. */
export async function present(world: World, row: OperationRow): Promise<Operation> {
  const moment = await momentOf(world, row);
  return toOperation(moment.row, [...moment.open.values()]);
}

/** Intent and sent are both running; so is one that was begun and waits, for its guest or between two steps. */
function stateOfItem(item: ItemRow): Item["state"] {
  if (item.state === "intent" || item.state === "sent") return "running";
  const begun = item.attempts > 0 || item.step > 0 || item.blockedAt !== null;
  return item.state === "queued" && begun ? "running" : item.state;
}

/** The new guest of an item that made one. */
function made(item: ItemRow): Item["vm"] | undefined {
  const { vmid, node } = item.result ?? {};
  if (typeof vmid !== "number" || typeof node !== "string") return undefined;
  const name = item.detail["name"];
  return { id: `${item.vm.cluster}/${vmid}`, name: typeof name === "string" ? name : null, node };
}

/** An item as callers see it. */
export function toItem(item: ItemRow): Item {
  const { vm, action, reason, upid, attempts, startedAt, finishedAt, error, warnings } = item;
  const state = stateOfItem(item);
  return {
    id: `${item.operation}/${item.n}`,
    vm: made(item) ?? { id: vm.id, name: vm.name, node: vm.node },
    action,
    state,
    reason,
    upid,
    attempts,
    startedAt,
    finishedAt,
    error,
    warnings: [...warnings],
    result: item.result,
  };
}
