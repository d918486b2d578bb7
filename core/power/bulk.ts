import * as z from "zod";
import type { Context } from "../context.ts";
import {
  chooseGuests,
  planGuests,
  RateControl,
  toLimits,
  type GuestPlan,
  type Order,
} from "../operation/index.ts";
import { Selection } from "../selector/index.ts";
import type { Guest } from "../inventory/index.ts";

/** What is wanted of the guests' power; also the params of a job. */
export const PowerParams = z.strictObject({ action: z.enum(["start", "stop"]) });

/** Which guests, what to do, at what pace. */
export const BulkInput = z.strictObject({ select: Selection, ...PowerParams.shape, ...RateControl });
type BulkInput = z.infer<typeof BulkInput>;

/** Whether a guest is in the wanted state already is asked when its turn comes: what is known of it here is old. */
function propose(guest: Guest) {
  if (guest.template)
    return { run: false as const, code: "vm.template", because: `${guest.id} is a template` };
  return { run: true as const, because: `${guest.id} was ${guest.status} when it was last seen` };
}

/** What starting or stopping every guest that the selector chooses would do. */
export async function plan(ctx: Context, input: BulkInput): Promise<GuestPlan> {
  const action = `vm.${input.action}` as const;
  const chosen = await chooseGuests(ctx, action, input.select);
  const intent = { kind: "bulk.power", action, bulk: true, force: false, propose };
  return planGuests(ctx, intent, chosen);
}

/** The order that such a plan becomes. */
export const toOrder = (input: BulkInput, planned: GuestPlan): Order => ({
  kind: "bulk.power",
  action: `vm.${input.action}`,
  tasks: planned.tasks,
  target: `${planned.tasks.length} guests by selector`,
  input,
  bulk: true,
  force: false,
  limits: toLimits(input, planned.summary.run),
});
