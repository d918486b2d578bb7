import * as z from "zod";
import type { Context } from "../context.ts";
import { ClusterId, Vmid } from "../lib/field.ts";
import {
  bulkOrder,
  chooseGuests,
  planGuests,
  RateControl,
  several,
  single,
  type GuestPlan,
  type Order,
} from "../operation/index.ts";
import { Selection } from "../selector/index.ts";
import { ACTIONS } from "./actions.ts";
import { BackupParams } from "./options.ts";
import { POOLS, proposals } from "./propose.ts";

const { create: ACTION } = ACTIONS;

const One = z.strictObject({
  cluster: ClusterId,
  vmid: Vmid,
  ...BackupParams.shape,
  override: z.boolean().default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
});

/** Backs one guest up. */
export const create = single({
  action: ACTION,
  input: One,
  pools: POOLS,
  async propose({ ctx, guest }, input) {
    return (await proposals(ctx, input, input.cluster))(guest);
  },
});

/** Which guests, what backups, at what pace. */
export const BulkInput = z.strictObject({ select: Selection, ...BackupParams.shape, ...RateControl });
type BulkInput = z.infer<typeof BulkInput>;

/** What a backup of every guest that the selector chooses would do. */
export async function planBulk(ctx: Context, input: BulkInput): Promise<GuestPlan> {
  const chosen = await chooseGuests(ctx, ACTION, input.select, { mode: input.mode });
  const propose = await proposals(ctx, input);
  const intent = { kind: "bulk.backup", action: ACTION, bulk: true, override: false, propose };
  return planGuests(ctx, intent, chosen);
}

/** The order that such a plan becomes. */
export const toBulkOrder = (input: BulkInput, planned: GuestPlan): Order =>
  bulkOrder(ACTION, input, planned, { pools: POOLS });

/** Backs every guest up that the selector chooses. */
export const bulk = several({
  action: ACTION.name,
  input: BulkInput,
  plan: planBulk,
  toOrder: (_, input, planned) => toBulkOrder(input, planned),
});
