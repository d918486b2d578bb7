import * as z from "zod";
import type { Actor } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { automaticTags } from "./automatic.ts";
import { ownerRefusal } from "./owner.ts";
import { applyChange, changeTo, keptBy, type TagChange, type TagStyle } from "./tag.ts";

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
  /** Whether what the guest's name implies is added too, beside what it has then. */
  automatic: z.boolean().default(false),
});

function sentence(guest: Guest, { add, remove }: TagChange): string {
  const parts = [
    ...(add.length > 0 ? [`add ${add.join(", ")}`] : []),
    ...(remove.length > 0 ? [`remove ${remove.join(", ")}`] : []),
  ];
  return parts.join("; ") || `${guest.id} has these tags already, as it was last seen`;
}

interface Port {
  readonly actor: Actor;
  readonly ownerTag: string;
  readonly styleOf: (cluster: string) => TagStyle;
}

/** The change of a guest that has these tags. */
export function changeOf(
  wish: Wish,
  { name, tags }: Pick<Guest, "name" | "tags">,
  style: TagStyle,
): TagChange {
  const { add, remove, replace } = wish;
  if (replace) return changeTo(tags, replace, style);
  const implied = wish.automatic ? automaticTags(name, applyChange(tags, { add, remove }, style)) : [];
  return { add: [...add, ...implied], remove };
}

/**
 * What would become of one guest's tags, by what is known of them here. That may be old, so whether there is anything
 * to do is asked of the guest itself when its turn comes.
 */
export const propose = (wish: Wish, port: Port) => (guest: Guest) => {
  const style = port.styleOf(guest.cluster);
  const after = applyChange(guest.tags, changeOf(wish, guest, style), style);
  const told = changeTo(guest.tags, keptBy(after, style), style);
  const refusal = ownerRefusal(guest.id, { ...port, before: guest.tags, after, style });
  if (refusal) return { run: false as const, ...refusal };
  const { add, remove, replace, automatic } = wish;
  const kept = { add: [...add], remove: [...remove], replace: replace && [...replace], automatic };
  const detail = { ...kept, tags: keptBy(after, style) };
  return { run: true as const, because: sentence(guest, told), detail };
};
