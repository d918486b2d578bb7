import * as z from "zod";
import type { Context } from "../context.ts";
import { Flag } from "../lib/field.ts";
import {
  bulkOrder,
  chooseGuests,
  planGuests,
  RateControl,
  several,
  type GuestPlan,
  type Order,
} from "../operation/index.ts";
import { safeMode } from "../policy/index.ts";
import { Selection } from "../selector/index.ts";
import { TAGS } from "./action.ts";
import { propose } from "./propose.ts";
import { stylesOf } from "./style.ts";
import { CarriedTag, Tags } from "./tag.ts";

const params = {
  add: Tags.optional(),
  remove: z.array(CarriedTag).max(100).optional(),
  replace: Tags.optional(),
  automatic: z.boolean().describe("Add the tags that each guest's name implies").default(false),
};
type Params = z.infer<z.ZodObject<typeof params>>;

const key = (tag: string) => tag.toLowerCase();

function complain({ add = [], remove = [], replace, automatic }: Params, ctx: z.RefinementCtx): void {
  const changes = add.length + remove.length > 0 || automatic;
  const say = (field: string, message: string) => ctx.addIssue({ code: "custom", path: [field], message });
  if (replace && changes) say("replace", "stands alone, without add, remove and automatic");
  if (!replace && !changes) say("add", "name add, remove, replace or automatic: true");
  const both = remove.find((tag) => add.some((one) => key(one) === key(tag)));
  if (both !== undefined) say("remove", `${both} is to be added and removed`);
}

/** What is wanted of the tags; also the params of a job. */
export const TagParams = z.strictObject(params).superRefine(complain);

/** Which guests, what to do with their tags, at what pace. */
export const BulkInput = z
  .strictObject({ select: Selection, ...params, override: Flag.default(false), ...RateControl })
  .superRefine(complain);
type BulkInput = z.infer<typeof BulkInput>;

/** What the change would do to every guest that the selector chooses. */
export async function plan(ctx: Context, input: BulkInput): Promise<GuestPlan> {
  const { add = [], remove = [], replace = null, automatic, override, select } = input;
  const chosen = await chooseGuests(ctx, TAGS, select);
  const { ownerTag } = await safeMode(ctx);
  const wish = { add, remove, replace, automatic };
  const clusters = chosen.guests.map(({ cluster }) => cluster);
  const styleOf = await stylesOf(ctx, clusters, [...add, ...remove, ...(replace ?? [])]);
  const proposal = propose(wish, { actor: ctx.actor, ownerTag, styleOf });
  return planGuests(
    ctx,
    { kind: "bulk.tags", action: TAGS, bulk: true, override, propose: proposal },
    chosen,
  );
}

/** The order that such a plan becomes. */
export const toOrder = (input: BulkInput, planned: GuestPlan): Order =>
  bulkOrder(TAGS, input, planned, { override: input.override });

/** Changes the tags of every guest that the selector chooses. */
export const bulk = several({
  action: TAGS.name,
  input: BulkInput,
  plan,
  toOrder: (_, input, planned) => toOrder(input, planned),
});
