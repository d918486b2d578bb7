import * as z from "zod";
import type { Context } from "../context.ts";
import { pathOf, type Effect, type ItemRow } from "../operation/index.ts";
import { safeMode } from "../policy/index.ts";
import { areTagsCaseSensitive, isStale, tagsOf, writeTags, type Proxmox } from "../proxmox/index.ts";
import { TAGS } from "./action.ts";
import { mayMoveOwner, ownerRefusal } from "./owner.ts";
import { Kept } from "./propose.ts";
import { applyChange, changeTo, isFulfilled, type TagChange, type TagStyle } from "./tag.ts";

/** An item that has looked at its guest: what to write there, or why nothing is written. */
const Ready = Kept.extend({
  caseSensitive: z.boolean(),
  tags: z.array(z.string()),
  digest: z.string(),
  left: z.object({ code: z.string(), because: z.string() }).nullable(),
});
type Ready = z.infer<typeof Ready>;

/** The cluster is asked how it compares tags only where that can make a difference. */
async function styleOf(proxmox: Proxmox, tags: readonly string[]): Promise<TagStyle> {
  const cased = tags.some((tag) => tag !== tag.toLowerCase());
  return { caseSensitive: cased && (await areTagsCaseSensitive(proxmox)) };
}

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
async function prepare(ctx: Context, proxmox: Proxmox, item: ItemRow): Promise<Ready> {
  const { add, remove, replace } = Kept.parse(item.detail);
  const { tags: before, digest } = await tagsOf(proxmox, pathOf(item));
  const style = await styleOf(proxmox, [...before, ...add, ...remove, ...(replace ?? [])]);
  const change: TagChange = replace ? changeTo(before, replace, style) : { add, remove };
  const after = applyChange(before, change, style);
  const left = await reasonNotTo(ctx, item, { before, after, style });
  return {
    add: [...change.add],
    remove: [...change.remove],
    replace: null,
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
    return { state: isFulfilled(tags, ready, ready) ? "done" : "absent" };
  },
  repeatable: true,
  ends(item) {
    const { left } = readyOf(item);
    return left ? { state: "skipped", code: left.code, reason: left.because } : {};
  },
  result: (item) => ({ tags: readyOf(item).tags }),
};
