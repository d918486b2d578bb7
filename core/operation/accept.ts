import * as Audit from "../audit/index.ts";
import type { Context } from "../context.ts";
import type { Change } from "../db/index.ts";
import { newId } from "../lib/id.ts";
import { redact } from "../lib/redact.ts";
import { admit } from "./admit.ts";
import { finish } from "./close.ts";
import { itemKey } from "./item.ts";
import { openLane } from "./lane.ts";
import { sendExpand } from "./message.ts";
import { operationKey, type Limits, type OperationRow, type Pool } from "./operation.ts";
import { intoOutbox, leaveOutbox } from "./outbox.ts";
import { lay, type Laid, type Task } from "./lay.ts";
import { refusals } from "./refusals.ts";
import { planRows } from "./plan-rows.ts";
import { turn } from "./turn.ts";
import { toOperation, type Operation } from "./view.ts";

/** DynamoDB takes 100 changes in a transaction; a few are the operation, its outbox row, its key, its run and its audit row. */
const TRANSACTION = 92;
const INLINE_ITEMS = 50;
const DAY_SECONDS = 86_400;

/** How many seconds an operation and its items are kept after it was accepted. */
export const KEEP_SECONDS = 90 * DAY_SECONDS;

/** What is to be done, as planned. */
export interface Order {
  readonly kind: string;
  readonly action: string;
  readonly tasks: readonly Task[];
  readonly target: string;
  readonly input: unknown;
  readonly bulk: boolean;
  readonly force: boolean;
  readonly jobId?: string;
  readonly limits?: Partial<Limits>;
  /** What its items share with those of other operations; `{lane}` in a name stands for their node. */
  readonly pools?: readonly Pool[];
  /** Rows to write in the same transaction, made with the id that the operation gets. */
  readonly alongside?: (operation: string) => readonly Change[];
}

export type { Task } from "./lay.ts";

const DEFAULTS: Limits = {
  maxConcurrency: null,
  maxErrors: null,
  lockWaitSeconds: 900,
  deadlineSeconds: DAY_SECONDS,
};

function toRow(ctx: Context, order: Order, laid: Laid, inline: boolean): OperationRow {
  const now = ctx.clock.now();
  const { id, name, role, may, keyId } = ctx.actor;
  return {
    id: newId("op", now),
    kind: order.kind,
    actor: { id, name, role, may: [...may], ...(keyId === undefined ? {} : { keyId }) },
    requestId: ctx.requestId,
    source: ctx.source,
    jobId: order.jobId ?? null,
    createdAt: now.toISOString(),
    startedAt: null,
    finishedAt: null,
    state: "open",
    total: laid.items.length,
    leftOut: laid.items.length - laid.runs,
    cursor: inline ? laid.items.length : 0,
    expanded: inline,
    lanes: laid.lanes.map((lane) => lane.name),
    closed: {},
    input: redact(order.jobId === undefined ? (ctx.given ?? order.input) : order.input),
    bulk: order.bulk,
    force: order.force,
    limits: { ...DEFAULTS, ...order.limits },
    pools: [...(order.pools ?? [])],
    stop: null,
    stoppedAt: null,
    stopRunning: false,
    retryOf: ctx.retryOf ?? null,
  };
}

/** The rows that make the operation, all to be written at once. */
function rows(ctx: Context, row: OperationRow, laid: Laid, inline: boolean): Change[] {
  const expiresAt = Math.floor(ctx.clock.now().getTime() / 1000) + KEEP_SECONDS;
  const operation: Change = {
    table: "History",
    put: { ...operationKey(row.id), ...row, gpk: "operation", gsk: row.id, expiresAt },
    when: { exists: false },
  };
  const outbox = intoOutbox(row);
  if (!inline) return [operation, outbox, ...planRows(row.id, laid, expiresAt)];
  const items = laid.items.map((item): Change => {
    return { table: "History", put: { ...itemKey(row.id, item.n), ...item, operation: row.id, expiresAt } };
  });
  const lanes = laid.lanes.map((lane) => openLane(row, laid.items[lane.from]?.action ?? "", lane));
  return [operation, outbox, ...items, ...lanes];
}

/** Starts what was accepted. Should this be cut off, the outbox row makes the sweeper do it. */
async function begin(ctx: Context, row: OperationRow, inline: boolean): Promise<void> {
  if (!inline) return sendExpand(ctx, row.id);
  for (const lane of row.lanes) await turn(ctx, lane, {});
  if (row.lanes.length === 0) await finish(ctx, row.id);
  await leaveOutbox(ctx, row);
}

/**
 * Accepts an operation: its row, its first items, the audit row, the answer for a repeated request and the
 * outbox row are written in one transaction, so it exists as a whole or not at all.
 */
export async function accept(ctx: Context, order: Order): Promise<Operation> {
  await admit(ctx, order);
  const laid = lay(order.tasks);
  const refused = refusals(ctx, laid.items);
  const size = laid.items.length + laid.lanes.length + refused.length;
  const inline = laid.items.length <= INLINE_ITEMS && size <= TRANSACTION;
  const row = toRow(ctx, order, laid, inline);
  const single = order.bulk ? undefined : laid.items[0];
  const entry = Audit.draft(ctx, {
    action: order.action,
    target: order.target,
    outcome: "accepted",
    operation: row.id,
    ...(single ? { decision: single.decision, wouldRefuse: single.wouldRefuse } : {}),
    reason: single ? (order.tasks[0]?.item.because ?? "") : `${laid.runs} of ${laid.items.length} guests`,
  });
  const view = toOperation(row, []);
  const once = ctx.once ? [ctx.once.answer(202, view)] : [];
  const entries = [entry, ...(inline ? refused.map((one) => ({ ...one, operation: row.id })) : [])];
  await Audit.append(ctx, entries, [
    ...rows(ctx, row, laid, inline),
    ...once,
    ...(order.alongside?.(row.id) ?? []),
  ]);
  ctx.log.info("accepted", { operation: row.id, kind: row.kind, items: row.total, runs: laid.runs });
  await begin(ctx, row, inline).catch((error: unknown) => {
    // It is accepted whatever happens now: the sweeper begins what stands in the outbox.
    ctx.log.error("begin", { operation: row.id, error });
  });
  return view;
}
