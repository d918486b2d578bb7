import * as z from "zod";
import type { Identity } from "./auth.ts";
import type { Endpoint } from "./facts/index.ts";
import { privilegesOn } from "./privilege.ts";
import { Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

const Permission = z.union([
  z.string(),
  z.looseObject({ user: z.string().optional(), check: z.array(z.unknown()).optional() }),
]);
const Check = z.array(z.unknown());
const Privileges = z.array(z.string());

type Values = Readonly<Record<string, string | readonly string[]>>;

const fill = (path: string, values: Values) =>
  path.replaceAll(/\{(\w[\w-]*)\}/g, (_, name: string) => String(values[name] ?? ""));

/** True when somebody has all of these privileges, or one of them, on a path. */
export function may(
  world: World,
  who: Identity,
  path: string,
  wanted: { all?: readonly string[]; any?: readonly string[] },
) {
  const held = privilegesOn(world, who, path);
  return (
    (wanted.all ?? []).every((name) => held.has(name)) &&
    (!wanted.any || wanted.any.some((name) => held.has(name)))
  );
}

/** Why a check fails: the reason that Proxmox gives, or nothing when it passes. */
function complaint(
  world: World,
  who: Identity,
  check: readonly unknown[],
  values: Values,
): string | undefined {
  const [kind, ...rest] = check;
  if (kind === "and" || kind === "or") {
    const results = rest.map((part) => complaint(world, who, Check.parse(part), values));
    if (kind === "and") return results.find((result) => result !== undefined);
    return results.every((result) => result !== undefined) ? "Permission check failed" : undefined;
  }
  if (kind !== "perm")
    return privilegesOn(world, who, "/access").has("User.Modify") ? undefined : "Permission check failed";
  const path = fill(z.string().parse(rest[0]), values);
  const names = Privileges.parse(rest[1]);
  if (rest[2] === "require_param" && values[String(rest[3])] === undefined) return "Permission check failed";
  const allowed = may(world, who, path, rest[2] === "any" ? { any: names } : { all: names });
  if (allowed) return undefined;
  return `Permission check failed (${path}, ${names.join("|")})`;
}

const isRoot = (world: World, who: Identity) =>
  who.user === "root@pam" && (!who.token || !world.state.tokens[who.token]?.privsep);

/** Throws the 403 of a call that the caller may not make. Runs before any parameter is looked at. */
export function authorize(world: World, endpoint: Endpoint, who: Identity | undefined, values: Values): void {
  const permission = Permission.safeParse(endpoint.perm).data;
  if (!who) return;
  if (endpoint.allowtoken === false && who.token)
    throw new Refusal(
      403,
      `Permission check failed (URI '${fill(endpoint.path, values)}' not available with API token, need proper ticket.`,
    );
  if (isRoot(world, who)) return;
  if (permission === undefined || permission === "root-only" || typeof permission === "string")
    throw new Refusal(403, "Permission check failed");
  if (permission.user || !permission.check) return;
  const reason = complaint(world, who, permission.check, values);
  if (reason) throw new Refusal(403, reason);
}
