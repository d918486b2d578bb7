import * as z from "zod";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { validated, validatedLater } from "../lib/late-validation.ts";
import { RateControl, single, type Subject } from "../operation/index.ts";
import { safeMode } from "../policy/index.ts";
import { TAGS } from "./action.ts";
import { propose, type Wish } from "./propose.ts";
import { stylesOf } from "./style.ts";
import { CarriedTag, Tags, tagsFor } from "./tag.ts";

const common = {
  cluster: ClusterId,
  vmid: Vmid,
  override: Flag.default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
};

const Wanted = z.strictObject({ ...common, tags: validatedLater(Tags, z.array(CarriedTag)) });
/** A guest may carry more than it is given. */
const MOST_REMOVED = 1000;
/** One tag, or several parted by commas. */
const Listed = z
  .string()
  .transform((text) => text.split(","))
  .pipe(z.array(CarriedTag).min(1).max(MOST_REMOVED));
const Removing = z.strictObject({ ...common, tag: Listed });

const wantedOf = (said: readonly string[], { guest }: Subject) =>
  validated(z.object({ tags: tagsFor(guest.tags) }), { tags: said }).tags;

const NOTHING: Wish = { add: [], remove: [], replace: null, automatic: false };

/** What such a wish would do to this guest. */
async function proposed({ ctx, guest }: Subject, wish: Partial<Wish>) {
  const { ownerTag } = await safeMode(ctx);
  const { add = [], remove = [], replace } = wish;
  const styleOf = await stylesOf(ctx, [guest.cluster], [...add, ...remove, ...(replace ?? [])]);
  return propose({ ...NOTHING, ...wish }, { actor: ctx.actor, ownerTag, styleOf })(guest);
}

/** Gives a guest these tags and no others. */
export const replace = single({
  action: TAGS,
  input: Wanted,
  propose: async (subject, { tags }) => proposed(subject, { replace: wantedOf(tags, subject) }),
});

/** Gives a guest these tags beside those that it has. */
export const add = single({
  action: TAGS,
  input: Wanted,
  propose: async (subject, { tags }) => proposed(subject, { add: wantedOf(tags, subject) }),
});

/** Takes tags from a guest. */
export const remove = single({
  action: TAGS,
  input: Removing,
  propose: (subject, { tag }) => proposed(subject, { remove: tag }),
});
