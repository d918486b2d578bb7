import * as z from "zod";
import type { Context } from "../context.ts";
import { find } from "../inventory/index.ts";
import { ClusterId, Vmid } from "../lib/field.ts";
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
import { BackupParams } from "./options.ts";
import { POOLS, proposals } from "./propose.ts";

const ACTION = "backup.create";

const One = z.strictObject({
  cluster: ClusterId,
  vmid: Vmid,
  ...BackupParams.shape,
  force: z.boolean().default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
});

/** Backs one guest up. */
export const create = verb<typeof One, typeof Operation, GuestPlan>({
  action: ACTION,
  effect: "write",
  tracked: true,
  single: true,
  input: One,
  output: Operation,
  target: (input) => `${input.cluster}/${input.vmid}`,
  async plan(ctx, input) {
    const guest = await find(ctx, input.cluster, input.vmid, true);
    const propose = await proposals(ctx, input, { cluster: input.cluster, forced: input.force });
    const intent = { kind: ACTION, action: ACTION, bulk: false, force: input.force, propose };
    return planGuests(ctx, intent, { guests: [guest], absent: [], others: [] });
  },
  run: (ctx, input, { tasks }) =>
    accept(ctx, {
      kind: ACTION,
      action: ACTION,
      tasks,
      target: `${input.cluster}/${input.vmid}`,
      input,
      bulk: false,
      force: input.force,
      limits: toLimits(input, 1),
      pools: POOLS,
    }),
});

/** Which guests, what backups, at what pace. */
export const BulkInput = z.strictObject({ select: Selection, ...BackupParams.shape, ...RateControl });
type BulkInput = z.infer<typeof BulkInput>;

/** What a backup of every guest that the selector chooses would do. */
export async function planBulk(ctx: Context, input: BulkInput): Promise<GuestPlan> {
  const chosen = await chooseGuests(ctx, ACTION, input.select);
  const propose = await proposals(ctx, input);
  return planGuests(ctx, { kind: "bulk.backup", action: ACTION, bulk: true, force: false, propose }, chosen);
}

/** The order that such a plan becomes. */
export const toBulkOrder = (input: BulkInput, planned: GuestPlan): Order => ({
  kind: "bulk.backup",
  action: ACTION,
  tasks: planned.tasks,
  target: `${planned.tasks.length} guests by selector`,
  input,
  bulk: true,
  force: false,
  limits: toLimits(input, planned.summary.run),
  pools: POOLS,
});

/** Backs every guest up that the selector chooses. */
export const bulk = verb<typeof BulkInput, typeof Operation, GuestPlan>({
  action: ACTION,
  effect: "write",
  tracked: true,
  single: false,
  input: BulkInput,
  output: Operation,
  target: () => "guests by selector",
  plan: planBulk,
  run: (ctx, input, planned) => accept(ctx, toBulkOrder(input, planned)),
});
