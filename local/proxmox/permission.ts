import * as z from "zod";
import type { Identity } from "./auth.ts";
import type { Call } from "./call.ts";
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

/** Throws the 403 that a handler's own check answers with: one of these privileges is needed. */
export function requirePrivilege(call: Pick<Call, "may">, path: string, names: readonly string[]): void {
  if (!call.may(path, ...names))
    throw new Refusal(403, `Permission check failed (${path}, ${names.join("|")})`);
}

/** Why somebody may not touch a user: for a new one the realm counts. */
function userComplaint(
  world: World,
  who: Identity,
  [kind, name]: readonly unknown[],
  values: Values,
): string | undefined {
  const realm = `/access/realm/${String(values.userid ?? "").split("@")[1] ?? ""}`;
  if (kind === "userid-param" && name === "Realm.AllocateUser")
    return may(world, who, realm, { all: ["Realm.AllocateUser"] })
      ? undefined
      : `Permission check failed (${realm}, Realm.AllocateUser)`;
  return privilegesOn(world, who, "/access").has("User.Modify") ? undefined : "Permission check failed";
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
  if (kind !== "perm") return userComplaint(world, who, check, values);
  const path = fill(z.string().parse(rest[0]), values);
  const names = Privileges.parse(rest[1]);
  if (rest[2] === "require_param" && values[String(rest[3])] === undefined) return "Permission check failed";
  const allowed = may(world, who, path, rest[2] === "any" ? { any: names } : { all: names });
  if (allowed) return undefined;
  return `Permission check failed (${path}, ${names.join("|")})`;
}

/** Even a token of root fails where its values make no valid path. */
function checkPath(permission: z.infer<typeof Permission> | undefined, values: Values): void {
  const [kind, path, names] = typeof permission === "object" ? (permission.check ?? []) : [];
  if (kind !== "perm" || typeof path !== "string" || /^[\w.\-/@!]+$/.test(fill(path, values))) return;
  throw new Refusal(403, `Permission check failed (, ${Privileges.parse(names).join("|")})`);
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
  if (isRoot(world, who) && !who.token) return;
  if (isRoot(world, who)) return checkPath(permission, values);
  if (permission === undefined || permission === "root-only" || typeof permission === "string")
    throw new Refusal(403, "Permission check failed");
  if (permission.user || !permission.check) return;
  const reason = complaint(world, who, permission.check, values);
  if (reason) throw new Refusal(403, reason);
}
