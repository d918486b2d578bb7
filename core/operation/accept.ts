import * as Audit from "../audit/index.ts";
import type { Context } from "../context.ts";
import { cut, type Change } from "../db/index.ts";
import { newId } from "../lib/id.ts";
import { isShort, keepPlan, rows, toRow } from "./accepted.ts";
import type { Warning } from "../lib/page.ts";
import type { Action } from "../policy/index.ts";
import { admit } from "./admit.ts";
import { finish } from "./close.ts";
import { sendExpand } from "./message.ts";
import type { Limits, OperationRow, Pool } from "./operation.ts";
import { requireSame } from "./meant.ts";
import { leaveOutbox } from "./outbox.ts";
import { lay, type Task } from "./lay.ts";
import { refusals } from "./refusals.ts";
import { turn } from "./turn.ts";
import { toOperation, type Operation } from "./view.ts";

/** What is to be done, as planned. */
export interface Order {
  readonly kind: string;
  readonly action: Action;
  /** What the audit row calls it, where that is not the action: the run of a job. */
  readonly audited?: string;
  readonly tasks: readonly Task[];
  readonly target: string;
  readonly input: unknown;
  readonly bulk: boolean;
  readonly override: boolean;
  readonly jobId?: string;
  readonly limits?: Partial<Limits>;
  /** What was not known when its guests were chosen. */
  readonly warnings?: readonly Warning[];
  /** Why there is nothing to do, where that is not that the selector fits no guest. */
  readonly nothing?: string;
  /** What its items share with those of other operations; `{lane}` in a name stands for their node. */
  readonly pools?: readonly Pool[];
  /** Rows to write in the same transaction, made with the id that the operation gets: a few. */
  readonly alongside?: (operation: string) => readonly Change[];
  /** Rows to write once it is accepted, however many. Without them nothing is wrong, only less known. */
  readonly afterwards?: readonly Change[];
}

export type { Task } from "./lay.ts";

/** Starts what was accepted. Should this be cut off, the outbox row makes the sweeper do it. */
async function begin(ctx: Context, row: OperationRow, inline: boolean): Promise<void> {
  if (!inline) return sendExpand(ctx, row.id);
  for (const lane of row.lanes) await turn(ctx, lane, {});
  if (row.lanes.length === 0) await finish(ctx, row.id);
  await leaveOutbox(ctx, row);
}

/** What may go wrong of an operation that is accepted without undoing that. */
async function follow(ctx: Context, name: string, operation: string, act: () => Promise<void>) {
  await act().catch((error: unknown) => ctx.log.error(name, { operation, error }));
}

async function writeAfterwards(ctx: Context, { afterwards = [] }: Order): Promise<void> {
  for (const part of cut(afterwards)) await ctx.store.write(part);
}

/**
 * Accepts an operation: its row, its first items, the audit row, the answer for a repeated request and the
 * outbox row are written in one transaction, so it exists as a whole or not at all.
 */
export async function accept(ctx: Context, order: Order): Promise<Operation> {
  const laid = lay(requireSame(ctx, order.tasks, order.bulk), ctx.meant);
  await admit(ctx, order, laid);
  const refused = refusals(ctx, laid.items);
  const id = newId("op", ctx.clock.now());
  const beside = order.alongside?.(id) ?? [];
  const inline = isShort(laid, refused.length + beside.length);
  const row = toRow(ctx, order, laid, { id, inline });
  const single = order.bulk ? undefined : laid.items[0];
  const entry = Audit.draft(ctx, {
    action: order.audited ?? order.action.name,
    target: order.target,
    outcome: "accepted",
    operation: row.id,
    ...(single ? { decision: single.decision, wouldRefuse: single.wouldRefuse } : {}),
    reason: single ? (order.tasks[0]?.item.because ?? "") : `${laid.runs} of ${laid.items.length} guests`,
  });
  const view = toOperation(row, []);
  const once = ctx.once ? [ctx.once.answer(202, view)] : [];
  const entries = [entry, ...(inline ? refused.map((one) => ({ ...one, operation: row.id })) : [])];
  if (!inline) await keepPlan(ctx, row, laid);
  await Audit.append(ctx, entries, [...rows(ctx, row, laid, inline), ...once, ...beside]);
  ctx.log.info("accepted", { operation: row.id, kind: row.kind, items: row.total, runs: laid.runs });
  // It is accepted whatever happens now: the sweeper begins what stands in the outbox.
  await follow(ctx, "afterwards", id, () => writeAfterwards(ctx, order));
  await follow(ctx, "begin", id, () => begin(ctx, row, inline));
  return view;
}
