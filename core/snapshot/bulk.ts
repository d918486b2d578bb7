import * as z from "zod";
import type { Context } from "../context.ts";
import {
  accept,
  chooseGuests,
  Operation,
  planGuests,
  RateControl,
  toLimits,
  type GuestPlan,
  type Order,
} from "../operation/index.ts";
import { Selection } from "../selector/index.ts";
import { verb } from "../verb.ts";
import { propose, SnapshotParams } from "./propose.ts";

/** Which guests, what snapshots, at what pace. */
export const BulkInput = z.strictObject({ select: Selection, ...SnapshotParams.shape, ...RateControl });
type Input = z.infer<typeof BulkInput>;

/** What a snapshot of every guest that the selector chooses would do. */
export async function plan(ctx: Context, input: Input): Promise<GuestPlan> {
  const chosen = await chooseGuests(ctx, "snapshot.create", input.select);
  const intent = {
    kind: "bulk.snapshot",
    action: "snapshot.create",
    bulk: true,
    force: false,
    propose: propose(ctx, input),
  };
  return planGuests(ctx, intent, chosen);
}

/** The order that such a plan becomes. */
export const toOrder = (input: Input, planned: GuestPlan): Order => ({
  kind: "bulk.snapshot",
  action: "snapshot.create",
  tasks: planned.tasks,
  target: `${planned.tasks.length} guests by selector`,
  input,
  bulk: true,
  force: false,
  limits: toLimits(input, planned.summary.run),
});

/** Takes a snapshot of every guest that the selector chooses. */
export const bulk = verb<typeof BulkInput, typeof Operation, GuestPlan>({
  action: "snapshot.create",
  effect: "write",
  tracked: true,
  single: false,
  input: BulkInput,
  output: Operation,
  target: () => "guests by selector",
  plan,
  run: (ctx, input, planned) => accept(ctx, toOrder(input, planned)),
});
