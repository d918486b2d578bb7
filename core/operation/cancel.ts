import * as z from "zod";
import { Line } from "../lib/field.ts";
import * as Audit from "../audit/index.ts";
import type { Context } from "../context.ts";
import { LostRace, type Change } from "../db/index.ts";
import { Fault } from "../lib/fault.ts";
import { plainPlan, type Plan } from "../plan.ts";
import { verb } from "../verb.ts";
import { need, OperationId } from "./get.ts";
import { sendExpand } from "./message.ts";
import { operationKey, type OperationRow } from "./operation.ts";
import { intoOutbox } from "./outbox.ts";
import { Operation, present } from "./view.ts";

const Input = z.strictObject({
  operation: OperationId,
  running: z.enum(["finish", "stop"]).default("finish"),
  reason: Line.min(1).max(200).optional(),
});
type Input = z.infer<typeof Input>;

interface CancelPlan extends Plan {
  readonly row: OperationRow;
}

const ended = (id: string) =>
  new Fault("conflict", "operation.ended", `The operation ${id} has ended; there is nothing to cancel.`);

async function plan(ctx: Context, input: Input): Promise<CancelPlan> {
  const row = await need(ctx, input.operation);
  if (row.state !== "open") throw ended(row.id);
  const { queued, running } = (await present(ctx, row)).progress;
  const fate = input.running === "stop" ? "are stopped" : "finish";
  const because = `${queued} queued items are cancelled, ${running} running ones ${fate}`;
  return { ...plainPlan("operation.cancel", because, { queued, running }), row };
}

/** The operation as it is from now on. A cancellation is never taken back: after "stop", "finish" stops too. */
function stopped(ctx: Context, input: Input, row: OperationRow): OperationRow {
  const stop = `cancelled by ${ctx.actor.id}${input.reason === undefined ? "" : `: ${input.reason}`}`;
  const stopRunning = row.stopRunning || input.running === "stop";
  return { ...row, stop, stoppedAt: ctx.clock.now().toISOString(), stopRunning };
}

/** The change that stops an operation which has not ended. */
function stopping({ id, stop, stoppedAt }: OperationRow, input: Input): Change {
  const set = { stop, stoppedAt, ...(input.running === "stop" ? { stopRunning: true } : {}) };
  return { table: "History", update: operationKey(id), set, when: { equals: { state: "open" } } };
}

/**
 * Cancels an operation: nothing more of it is started from here on, and a worker ends its items. It answers at once, however
 * large the operation is; should the message get lost, the outbox row makes the sweeper send it again.
 */
export const cancel = verb<typeof Input, typeof Operation, CancelPlan>({
  action: "operation.cancel",
  effect: "write",
  tracked: true,
  single: false,
  input: Input,
  output: Operation,
  target: ({ operation }) => operation,
  plan,
  async run(ctx, input, { row, items: [item] }) {
    const next = stopped(ctx, input, row);
    const view = { ...(await present(ctx, row)), reason: next.stop };
    const { id: target } = row;
    const reason = `${next.stop}: ${item?.because}`;
    const entry = {
      action: "operation.cancel",
      target,
      outcome: "accepted" as const,
      operation: target,
      reason,
    };
    const once = ctx.once ? [ctx.once.answer(202, view)] : [];
    const changes = [stopping(next, input), intoOutbox(next), ...once];
    await Audit.append(ctx, [Audit.draft(ctx, entry)], changes).catch((error: unknown) => {
      throw error instanceof LostRace && error.index === 0 ? ended(target) : error;
    });
    await sendExpand(ctx, target).catch((error: unknown) =>
      ctx.log.error("cancel", { operation: target, error }),
    );
    return view;
  },
});
