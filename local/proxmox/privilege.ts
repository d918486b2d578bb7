import type { Identity } from "./auth.ts";
import { roleGrants, privilegesOf } from "./role.ts";
import type { Acl } from "./state.ts";
import type { World } from "./world.ts";

/** Every path from the given one up to the root, nearest first. */
function upwards(path: string): string[] {
  const parts = path.split("/").filter(Boolean);
  const above = parts.map((_, index) => `/${parts.slice(0, parts.length - index).join("/")}`);
  return [...above, "/"];
}

/** Privileges and their propagate flag, from the entries on the nearest path that has any. */
function grants(world: World, acls: readonly Acl[], path: string): Map<string, number> {
  const nearest = upwards(path)
    .map((level) => acls.filter((acl) => acl.path === level && (level === path || acl.propagate)))
    .find((found) => found.length > 0);
  const result = new Map<string, number>();
  for (const acl of nearest ?? [])
    for (const privilege of roleGrants(world, acl.roleid)) result.set(privilege, acl.propagate ? 1 : 0);
  return result;
}

const whole = new Map<string, Map<string, number>>();

/** All there is, kept by version: root asks for it once for every guest in a list. */
function everything(world: World): Map<string, number> {
  const known = whole.get(world.version) ?? new Map(privilegesOf(world).map((privilege) => [privilege, 1]));
  whole.set(world.version, known);
  return known;
}

function ownGrants(world: World, who: string, path: string): Map<string, number> {
  if (who === "root@pam") return everything(world);
  return grants(
    world,
    world.state.acls.filter((acl) => acl.ugid === who),
    poolPath(world, path) ?? path,
  );
}

/** A guest in a pool also inherits what is granted on the pool, when nothing is granted on the guest itself. */
function poolPath(world: World, path: string): string | undefined {
  const vmid = Number(/^\/vms\/(\d+)$/.exec(path)?.[1]);
  if (!vmid || world.state.acls.some((acl) => acl.path === path)) return undefined;
  const pool = Object.values(world.state.pools).find(({ vms }) => vms.includes(vmid));
  return pool && world.state.acls.some((acl) => acl.path === `/pool/${pool.poolid}`)
    ? `/pool/${pool.poolid}`
    : undefined;
}

/** The privileges of somebody on a path with their propagate flags; a token with privilege separation has only
 * those that both it and its user have. */
export function privilegesOn(world: World, who: Identity, path: string): Map<string, number> {
  const user = ownGrants(world, who.user, path);
  if (!who.token || !world.state.tokens[who.token]?.privsep) return user;
  return new Map([...ownGrants(world, who.token, path)].filter(([privilege]) => user.has(privilege)));
}
