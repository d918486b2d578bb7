import * as z from "zod";
import type { Context } from "../context.ts";
import {
  bulkOrder,
  chooseGuests,
  planGuests,
  RateControl,
  several,
  type GuestPlan,
  type Order,
} from "../operation/index.ts";
import { POWER_ACTIONS, type PowerAction } from "../proxmox/index.ts";
import { Selection } from "../selector/index.ts";
import type { Guest } from "../inventory/index.ts";
import { ACTIONS } from "./actions.ts";
import { impossible, needlessAsListed } from "./rules.ts";
import { mannerOf, Timeout } from "./single.ts";

const Shape = {
  action: z.enum(POWER_ACTIONS),
  timeout: Timeout.optional(),
  /** A guest that does not shut down in time is stopped. */
  force: z.boolean().default(false),
  toDisk: z.boolean().default(false),
};

interface Wanted {
  readonly action: PowerAction;
  readonly timeout?: number | undefined;
  readonly force: boolean;
  readonly toDisk: boolean;
}

const TIMED: readonly PowerAction[] = ["start", "stop", "shutdown", "reboot"];

/** What does not go with the action is refused: it would be left out in silence otherwise. */
function complain({ action, timeout, force, toDisk }: Wanted, ctx: z.core.$RefinementCtx): void {
  const wrong = (field: string, words: string) =>
    ctx.addIssue({ code: "custom", path: [field], message: `goes with ${words} only` });
  if (timeout !== undefined && !TIMED.includes(action)) wrong("timeout", TIMED.join(", "));
  if (force && action !== "shutdown") wrong("force", "shutdown");
  if (toDisk && action !== "suspend") wrong("toDisk", "suspend");
}

/** What is wanted of the guests' power; also the params of a job. */
export const PowerParams = z.strictObject(Shape).superRefine(complain);

/** Which guests, what to do, at what pace. */
export const BulkInput = z
  .strictObject({ select: Selection, ...Shape, ...RateControl })
  .superRefine(complain);
type BulkInput = z.infer<typeof BulkInput>;

/** Whether a guest is in the wanted state already is asked when its turn comes: what is known of it here is old. */
const propose = (ctx: Context, input: BulkInput) => (guest: Guest) => {
  const detail = mannerOf(input);
  // What is carried out looks at each guest; a dry run has nothing but the listing to tell by.
  const listed = ctx.dryRun ? needlessAsListed(input.action, guest, detail) : undefined;
  const reason = impossible(input.action, guest, detail) ?? listed;
  if (reason) return { run: false as const, ...reason };
  const because = `${guest.id} was ${guest.status} when it was last seen`;
  return { run: true as const, because, detail };
};

/** What changing the power of every guest that the selector chooses would do; `maintenance` when a job wants it. */
export async function plan(ctx: Context, input: BulkInput, maintenance = false): Promise<GuestPlan> {
  const action = ACTIONS[input.action];
  const chosen = await chooseGuests(ctx, action, input.select);
  const intent = { kind: "bulk.power", action, bulk: true, override: false, maintenance };
  return planGuests(ctx, { ...intent, propose: propose(ctx, input) }, chosen);
}

/** The order that such a plan becomes. */
export const toOrder = (input: BulkInput, planned: GuestPlan): Order =>
  bulkOrder(ACTIONS[input.action], input, planned);

/** Changes the power of every guest that the selector chooses. */
export const bulk = several({
  action: "bulk.power",
  permission: (input: BulkInput) => ACTIONS[input.action].name,
  input: BulkInput,
  plan: (ctx, input) => plan(ctx, input),
  toOrder: (_, input, planned) => toOrder(input, planned),
});
