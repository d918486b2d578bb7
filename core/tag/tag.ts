import * as z from "zod";
import { maxLength, orShown } from "../lib/late-validation.ts";

/** A tag in Proxmox's own character set. Where the cluster ignores case it is written in lower case. */
export const Tag = z
  .string()
  .max(124)
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_+.-]*$/,
    "must be a tag: letters, digits, _ + . -, and a letter, a digit or _ first",
  );

const MOST = 100;

/** Some tags; one that is named twice counts once. */
export const Tags = z.array(Tag).max(MOST);

/** A tag that a guest may carry, though Proxmox would not take it today: whatever its lists do not part. */
export const CarriedTag = z
  .string()
  .max(1024)
  .regex(/^[^,;*\s]+$/, "must be a tag, without blanks, commas, semicolons and stars");

/**
 * Tags for a guest that carries these. What is shown is taken back, whatever it is, but only as a whole: Proxmox takes a
 * guest's tags at once, and none that it would not take today.
 */
export const tagsFor = (carried: readonly string[]) =>
  orShown(z.array(Tag).max(maxLength(MOST, carried)), carried);

/** How a cluster tells two tags apart. */
export interface TagStyle {
  readonly caseSensitive: boolean;
}

/** What stands for a tag when sets are compared: two tags with the same key are one. */
export const keyOf = (tag: string, style: TagStyle) => (style.caseSensitive ? tag : tag.toLowerCase());

/** What is to become of a guest's tags, whatever else it carries. */
export interface TagChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Tags as Proxmox spells them once they are written. */
export const keptBy = (tags: readonly string[], style: TagStyle): string[] => [
  ...new Set(tags.map((tag) => keyOf(tag, style))),
];

const keysOf = (tags: readonly string[], style: TagStyle) => new Set(tags.map((tag) => keyOf(tag, style)));

/** The first tag of each key, in the order given. */
function unique(tags: readonly string[], style: TagStyle): string[] {
  const found = new Map<string, string>();
  for (const tag of tags) if (!found.has(keyOf(tag, style))) found.set(keyOf(tag, style), tag);
  return [...found.values()];
}

/** The tags after a change. Those that stay keep order and spelling, new ones come last. */
export function applyChange(tags: readonly string[], change: TagChange, style: TagStyle): string[] {
  const gone = keysOf(change.remove, style);
  const kept = tags.filter((tag) => !gone.has(keyOf(tag, style)));
  return unique([...kept, ...change.add], style);
}

/** The change that leads from some tags to others. */
export function changeTo(tags: readonly string[], wanted: readonly string[], style: TagStyle): TagChange {
  const [here, there] = [keysOf(tags, style), keysOf(wanted, style)];
  return {
    add: unique(wanted, style).filter((tag) => !here.has(keyOf(tag, style))),
    remove: unique(tags, style).filter((tag) => !there.has(keyOf(tag, style))),
  };
}

/** Whether the change is there already, whoever made it. */
export function isFulfilled(tags: readonly string[], change: TagChange, style: TagStyle): boolean {
  const here = keysOf(tags, style);
  return (
    change.add.every((tag) => here.has(keyOf(tag, style))) &&
    !change.remove.some((tag) => here.has(keyOf(tag, style)))
  );
}
