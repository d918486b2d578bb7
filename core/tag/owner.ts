import type { Actor } from "../context.ts";
import { covers } from "../policy/index.ts";
import { keyOf, type TagStyle } from "./tag.ts";

/** Who wants what to become of which tags. */
interface Move {
  readonly actor: Actor;
  readonly ownerTag: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly style: TagStyle;
}

/** Whether somebody may give and take the owner tag, and so whatever tags there are. */
export const mayMoveOwner = (actor: Actor) => covers(actor.may, "safe-mode.manage");

/**
 * Why these tags may not become those: the owner tag decides what else may be done to a guest, so giving or taking it
 * needs the right to manage safe mode. Undefined when nothing stands against it.
 */
export function ownerRefusal(id: string, { actor, ownerTag, before, after, style }: Move) {
  const given = after.some((tag) => keyOf(tag, style) === ownerTag);
  if (given === before.includes(ownerTag) || mayMoveOwner(actor)) return undefined;
  const because = `${given ? "giving" : "taking"} ${id} the owner tag ${ownerTag} needs safe-mode.manage`;
  return { code: "policy.owner-tag", because };
}
