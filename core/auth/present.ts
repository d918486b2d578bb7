import type { Actor, World } from "../context.ts";
import { covers } from "../policy/index.ts";
import { recallRole } from "./key.ts";
import { ROLES } from "./role.ts";

/** The patterns that both cover. */
const narrowed = (some: readonly string[], others: readonly string[]): string[] => [
  ...new Set([
    ...some.filter((pattern) => covers(others, pattern)),
    ...others.filter((pattern) => covers(some, pattern)),
  ]),
];

/**
 * An actor of a while ago with what is left of its rights: those that it had then and its key has now. Undefined when the
 * key was taken back or has expired. Who acts without a key, as Moxxie itself does, keeps all.
 */
export async function present(world: World, actor: Actor): Promise<Actor | undefined> {
  if (actor.keyId === undefined) return actor;
  const role = await recallRole(world, actor.keyId);
  return role && { ...actor, role, may: narrowed(actor.may, ROLES[role]) };
}
