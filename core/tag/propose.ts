import * as z from "zod";
import type { Actor } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { automaticTags } from "./automatic.ts";
import { ownerRefusal } from "./owner.ts";
import { applyChange, changeTo, type TagChange } from "./tag.ts";

/** What is wanted of guests' tags: `replace` stands alone; `automatic` adds what each guest's name implies. */
export interface Wish extends TagChange {
  readonly replace: readonly string[] | null;
  readonly automatic: boolean;
}

/**
 * A wish as an item keeps it. A replacement becomes an addition and a removal at the first look at the guest, so that
 * what others change after that look stays.
 */
export const Kept = z.object({
  add: z.array(z.string()),
  remove: z.array(z.string()),
  replace: z.array(z.string()).nullable(),
});

/** What a listing says may be old in its tags but not in how they are compared: most clusters ignore case. */
const ASSUMED = { caseSensitive: false };

function sentence(guest: Guest, { add, remove }: TagChange): string {
  const parts = [
    ...(add.length > 0 ? [`add ${add.join(", ")}`] : []),
    ...(remove.length > 0 ? [`remove ${remove.join(", ")}`] : []),
  ];
  return parts.join("; ") || `${guest.id} has these tags already, as it was last seen`;
}

/**
 * What would become of one guest's tags, by what is known of them here. That may be old, so whether there is anything
 * to do is asked of the guest itself when its turn comes.
 */
export const propose =
  (wish: Wish, port: { readonly actor: Actor; readonly ownerTag: string }) => (guest: Guest) => {
    const add = [...wish.add, ...(wish.automatic ? automaticTags(guest.name) : [])];
    const { remove, replace } = wish;
    const change = replace ? changeTo(guest.tags, replace, ASSUMED) : { add, remove };
    const tags = applyChange(guest.tags, change, ASSUMED);
    const told = changeTo(guest.tags, tags, ASSUMED);
    const refusal = ownerRefusal(guest.id, { ...port, before: guest.tags, after: tags, style: ASSUMED });
    if (refusal) return { run: false as const, ...refusal };
    const kept: z.infer<typeof Kept> = { add, remove: [...remove], replace: replace && [...replace] };
    return { run: true as const, because: sentence(guest, told), detail: { ...kept, tags } };
  };
