import type { Context } from "../context.ts";
import { cut, sizeOf, type Change } from "../db/index.ts";
import { redact } from "../lib/redact.ts";
import type { Order } from "./accept.ts";
import { itemKey } from "./item.ts";
import { openLane } from "./lane.ts";
import type { Laid } from "./lay.ts";
import { NO_GUEST, operationKey, type Limits, type OperationRow } from "./operation.ts";
import { intoOutbox } from "./outbox.ts";
import { planRows } from "./plan-rows.ts";

/** DynamoDB takes 100 changes in a transaction; a few are the operation, its outbox row, its key, its audit row and the day of that. */
const TRANSACTION = 92;
const INLINE_ITEMS = 50;
/** And 4 MB, of which operation and answer are no more than a row each. */
const INLINE_BYTES = 2_500_000;
/** Of a hundred clusters that are away an operation names as many as its row has room for. */
const MOST_WARNINGS = 100;
const DAY_SECONDS = 86_400;

/** How many seconds an operation and its items are kept after it was accepted. */
export const KEEP_SECONDS = 90 * DAY_SECONDS;

const DEFAULTS: Limits = {
  maxConcurrency: null,
  maxErrors: null,
  lockWaitSeconds: 900,
  deadlineSeconds: DAY_SECONDS,
};

/** An operation as it is accepted. */
export function toRow(
  ctx: Context,
  order: Order,
  laid: Laid,
  { id: operation, inline }: { readonly id: string; readonly inline: boolean },
): OperationRow {
  const { id, name, role, may, keyId } = ctx.actor;
  return {
    id: operation,
    kind: order.kind,
    actor: { id, name, role, may: [...may], ...(keyId === undefined ? {} : { keyId }) },
    requestId: ctx.requestId,
    source: ctx.source,
    jobId: order.jobId ?? null,
    createdAt: ctx.clock.now().toISOString(),
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
    listed: order.action.listed,
    override: order.override,
    limits: { ...DEFAULTS, ...order.limits },
    pools: [...(order.pools ?? [])],
    error: null,
    nothing: order.nothing ?? NO_GUEST,
    stop: null,
    stoppedAt: null,
    stopRunning: false,
    retryOf: ctx.retryOf ?? null,
    warnings: (order.warnings ?? []).slice(0, MOST_WARNINGS),
  };
}

const expiryOf = (ctx: Context) => Math.floor(ctx.clock.now().getTime() / 1000) + KEEP_SECONDS;

/** Whether all items of a plan are written with the operation itself; `beside` rows are in that transaction anyway. */
export function isShort(laid: Laid, beside: number): boolean {
  const size = laid.items.length + laid.lanes.length + beside;
  if (laid.items.length > INLINE_ITEMS || size > TRANSACTION) return false;
  return laid.items.reduce((sum, item) => sum + sizeOf(item), 0) <= INLINE_BYTES;
}

/** The plan of many items comes before its operation, without which it means nothing: it may be larger than a transaction. */
export async function keepPlan(ctx: Context, row: OperationRow, laid: Laid): Promise<void> {
  for (const part of cut(planRows(row.id, laid, expiryOf(ctx)))) await ctx.store.write(part);
}

/** The rows that make the operation, all to be written at once. */
export function rows(ctx: Context, row: OperationRow, laid: Laid, inline: boolean): Change[] {
  const expiresAt = expiryOf(ctx);
  const operation: Change = {
    table: "History",
    put: { ...operationKey(row.id), ...row, gpk: "operation", gsk: row.id, expiresAt },
    when: { exists: false },
  };
  const outbox = intoOutbox(row);
  if (!inline) return [operation, outbox];
  const items = laid.items.map((item): Change => {
    return { table: "History", put: { ...itemKey(row.id, item.n), ...item, operation: row.id, expiresAt } };
  });
  const lanes = laid.lanes.map((lane) => openLane(row, laid.items[lane.from]?.action ?? "", lane));
  return [operation, outbox, ...items, ...lanes];
}
