import * as z from "zod";
import type { Context } from "../context.ts";
import { listed } from "../lib/list.ts";
import { pathOf, type Effect, type GuestLook, type ItemRow } from "../operation/index.ts";
import { safeMode } from "../policy/index.ts";
import { isStale, tagsOf, writeTags, type Proxmox } from "../proxmox/index.ts";
import { TAGS } from "./action.ts";
import { mayMoveOwner, ownerRefusal } from "./owner.ts";
import { changeOf, Kept } from "./propose.ts";
import { styleOf } from "./style.ts";
import { applyChange, changeTo, isFulfilled, keptBy, type TagStyle } from "./tag.ts";

/** An item that has looked at its guest: what to write there, or why nothing is written. */
const Ready = Kept.extend({
  /** What this look makes of the wish. */
  change: z.object({ add: z.array(z.string()), remove: z.array(z.string()) }),
  caseSensitive: z.boolean(),
  tags: z.array(z.string()),
  digest: z.string(),
  left: z.object({ code: z.string(), because: z.string() }).nullable(),
});
type Ready = z.infer<typeof Ready>;

interface Look {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly style: TagStyle;
}

async function reasonNotTo(ctx: Context, item: ItemRow, { before, after, style }: Look) {
  const { add, remove } = changeTo(before, after, style);
  if (add.length + remove.length === 0)
    return { code: "tag.unchanged", because: `${item.vm.id} has these tags already` };
  if (mayMoveOwner(ctx.actor)) return null;
  const { ownerTag } = await safeMode(ctx);
  return ownerRefusal(item.vm.id, { actor: ctx.actor, ownerTag, before, after, style }) ?? null;
}

/** Works out what to write from what is there. A later look finds what others have done since, and lets it be. */
async function prepare(ctx: Context, proxmox: Proxmox, item: ItemRow, look: GuestLook): Promise<Ready> {
  const wish = Kept.parse(item.detail);
  const { add, remove, replace } = wish;
  const { tags, digest } = await look.config();
  const before = listed(tags);
  const style = await styleOf(proxmox, [...before, ...add, ...remove, ...(replace ?? [])]);
  const change = changeOf(wish, { name: item.vm.name, tags: before }, style);
  const after = applyChange(before, change, style);
  const left = await reasonNotTo(ctx, item, { before, after, style });
  const told = { add: [...change.add], remove: [...change.remove] };
  return {
    // A replacement is over with the first look: what others change after it stays.
    ...(replace ? { ...wish, ...told, replace: null } : wish),
    change: told,
    ...style,
    tags: left ? before : after,
    digest,
    left,
  };
}

const readyOf = (item: ItemRow) => Ready.parse(item.detail);

/** Changing the tags of a guest: read, then written only if nobody has written in between. */
export const tagging: Effect = {
  action: TAGS,
  looks: "config",
  prepare,
  async send(proxmox, item) {
    const { tags, digest, left } = readyOf(item);
    if (!left) await writeTags(proxmox, pathOf(item), tags, digest);
    return undefined;
  },
  retaken: isStale,
  /** The tags are the proof: who brought them there does not matter. */
  async observe(proxmox, item) {
    const ready = readyOf(item);
    if (ready.left) return { state: "done" };
    const { tags } = await tagsOf(proxmox, pathOf(item));
    return { state: isFulfilled(tags, ready.change, ready) ? "done" : "absent" };
  },
  repeatable: true,
  ends(item) {
    const { left } = readyOf(item);
    return left ? { state: "skipped", code: left.code, reason: left.because } : {};
  },
  result(item) {
    const { tags, left, ...style } = readyOf(item);
    return { tags: left ? tags : keptBy(tags, style).toSorted() };
  },
};
