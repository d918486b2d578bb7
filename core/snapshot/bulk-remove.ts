import * as z from "zod";
import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { Duration } from "../lib/duration.ts";
import {
  bulkOrder,
  chooseGuests,
  planGuests,
  RateControl,
  several,
  type GuestPlan,
  type Order,
  type Proposal,
} from "../operation/index.ts";
import { Selection } from "../selector/index.ts";
import { ACTIONS } from "./actions.ts";
import { lookAt } from "./look.ts";
import { Match, proposeRemoval } from "./remove.ts";
import { meant, type Pattern } from "./targets.ts";
import { TEN_YEARS } from "./ttl.ts";

/** Which snapshots: those whose names fit, and that are older than that. */
export const RemovalParams = z.strictObject({
  match: Match,
  olderThan: Duration({ min: 0, max: TEN_YEARS }).default(0),
});

/** Which guests, which of their snapshots, at what pace. */
export const BulkRemoveInput = z.strictObject({
  select: Selection,
  ...RemovalParams.shape,
  override: z.boolean().default(false),
  ...RateControl,
});
type Input = z.infer<typeof BulkRemoveInput>;

/** Snapshots that are taken while this waits for its turn are not meant. */
const patternOf = (ctx: Context, { match, olderThan }: z.infer<typeof RemovalParams>): Pattern => ({
  match,
  before: new Date(ctx.clock.now().getTime() - olderThan * 1000).toISOString(),
});

/** What is not looked at for the plan is looked at when it is its turn. */
function unseen({ match, before }: Pattern): Proposal {
  const because = `deletes the snapshots ${match} from before ${before}`;
  return { run: true, because, detail: { targets: null, pattern: { match, before } } };
}

/** What a deletion of every guest that the selector chooses would do. */
export async function planBulkRemove(ctx: Context, input: Input): Promise<GuestPlan> {
  const chosen = await chooseGuests(ctx, ACTIONS.delete, input.select);
  const pattern = patternOf(ctx, input);
  const seen = await lookAt(ctx, chosen.guests);
  const propose = (guest: Guest) => {
    const entries = seen.get(guest.id);
    return entries ? proposeRemoval(ctx, guest, meant(entries, pattern), entries) : unseen(pattern);
  };
  const kind = "bulk.snapshot-delete";
  const intent = { kind, action: ACTIONS.delete, bulk: true, override: input.override, propose };
  return planGuests(ctx, intent, chosen);
}

/** The order that such a plan becomes. */
export const toBulkRemoveOrder = (input: Input, planned: GuestPlan): Order =>
  bulkOrder(ACTIONS.delete, input, planned, { override: input.override });

/** Deletes snapshots by the pattern of their names, of every guest that the selector chooses; one at a time for each guest. */
export const bulkRemove = several({
  action: ACTIONS.delete.name,
  input: BulkRemoveInput,
  plan: planBulkRemove,
  toOrder: (_, input, planned) => toBulkRemoveOrder(input, planned),
});
