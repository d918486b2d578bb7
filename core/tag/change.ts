import * as z from "zod";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { RateControl, single, type Subject } from "../operation/index.ts";
import { safeMode } from "../policy/index.ts";
import { TAGS } from "./action.ts";
import { propose, type Wish } from "./propose.ts";
import { stylesOf } from "./style.ts";
import { Tag, Tags } from "./tag.ts";

const common = {
  cluster: ClusterId,
  vmid: Vmid,
  override: Flag.default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
};

const Replacing = z.strictObject({ ...common, tags: Tags });
const Adding = z.strictObject({ ...common, tags: Tags });
/** One tag, or several parted by commas. */
const Listed = z
  .string()
  .transform((text) => text.split(","))
  .pipe(z.array(Tag).min(1).max(100));
const Removing = z.strictObject({ ...common, tag: Listed });

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
  input: Replacing,
  propose: (subject, { tags }) => proposed(subject, { replace: tags }),
});

/** Gives a guest these tags beside those that it has. */
export const add = single({
  action: TAGS,
  input: Adding,
  propose: (subject, { tags }) => proposed(subject, { add: tags }),
});

/** Takes tags from a guest. */
export const remove = single({
  action: TAGS,
  input: Removing,
  propose: (subject, { tag }) => proposed(subject, { remove: tag }),
});
