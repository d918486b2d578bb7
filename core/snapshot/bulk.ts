import * as z from "zod";
import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import {
  bulkOrder,
  chooseGuests,
  planGuests,
  RateControl,
  several,
  type GuestPlan,
  type Order,
} from "../operation/index.ts";
import { Selection } from "../selector/index.ts";
import { ACTIONS } from "./actions.ts";
import { whichCan } from "./look.ts";
import { propose, SnapshotJobParams, SnapshotParams, unsupported } from "./propose.ts";

/** Which guests, what snapshots, at what pace. */
export const BulkInput = z.strictObject({ select: Selection, ...SnapshotParams.shape, ...RateControl });

/** The same for a job, which knows its snapshots again. */
export const JobInput = z.strictObject({
  select: Selection,
  ...SnapshotJobParams.shape,
  ...RateControl,
  job: z.string().optional(),
  /** Whose wall clock the days are those of that the job keeps. */
  timezone: z.string().default("UTC"),
});
type Input = z.infer<typeof BulkInput> & Partial<z.infer<typeof JobInput>>;

/** What a snapshot of every guest that the selector chooses would do. Of many guests only their own refusals tell who cannot have one. */
export async function plan(ctx: Context, input: Input): Promise<GuestPlan> {
  const chosen = await chooseGuests(ctx, ACTIONS.create, input.select);
  const { job, keep, timezone = "UTC", ...wanted } = input;
  const rotation = job !== undefined && keep ? { job, keep, timezone } : undefined;
  const wish = propose(ctx, wanted, { job, rotation, timezone });
  const able = await whichCan(
    ctx,
    chosen.guests.filter((guest) => wish(guest).run),
  );
  const intent = {
    kind: "bulk.snapshot",
    action: ACTIONS.create,
    bulk: true,
    override: false,
    propose: (guest: Guest) => (able.get(guest.id) === false ? unsupported(guest) : wish(guest)),
  };
  return planGuests(ctx, intent, chosen);
}

/** The order that such a plan becomes. */
export const toOrder = (input: Input, planned: GuestPlan): Order => bulkOrder(ACTIONS.create, input, planned);

const common = {
  action: ACTIONS.create.name,
  plan,
  toOrder: (_: Context, input: Input, planned: GuestPlan) => toOrder(input, planned),
};

/** Takes a snapshot of every guest that the selector chooses. */
export const bulk = several({ ...common, input: BulkInput });

/** The same of a job: no route has it, and what failed of a job's run is done again by it. */
export const bulkOfJob = several({ ...common, input: JobInput });
