import type { Identity } from "./auth.ts";
import type { Call } from "./call.ts";
import { bootDevices } from "./boot-order.ts";
import { configSchema, NOT_CONFIG, normalTags, ROOT_ONLY } from "./config-values.ts";
import { checkHookscript, missingVolume } from "./create.ts";
import { isReplaced, letGo, removeOption } from "./detach.ts";
import { allocate, wishesOf } from "./disk.ts";
import { checkDigest, checkLock } from "./guest.ts";
import { withMacs } from "./network-card.ts";
import type { Params } from "./params.ts";
import { applyPending, forgetPending, postpone, waits } from "./pending.ts";
import { checkWritable } from "./quorum.ts";
import { died, invalid } from "./refusal.ts";
import type { Config, Guest } from "./state.ts";
import { schemaName } from "./validate/params.ts";
import type { World } from "./world.ts";

/** What an update sets and what it deletes. */
export interface Change {
  readonly set: Config;
  readonly remove: readonly string[];
}

const isTrueRoot = (who: Identity) => who.user === "root@pam" && !who.token;

/** Options that reach the host itself: texts for everybody but root with a ticket. */
function hostAccess([name, value]: [string, string]): string | undefined {
  if (ROOT_ONLY.includes(name)) return `only root can set '${name}' config`;
  if (/^parallel\d+$/.test(name)) return `only root can set '${name}' config`;
  if (/^hostpci\d+$/.test(name) && !value.includes("mapping="))
    return `only root can set '${name}' config for non-mapped devices`;
  if (/^serial\d+$/.test(name) && value !== "socket")
    return `only root can set '${name}' config for real devices`;
  if (/^usb\d+$/.test(name) && !/(^|,)(mapping=|(host=)?spice)/.test(value))
    return `only root can set '${name}' config for real devices`;
  const path = /^(?:ide|sata|scsi|virtio)\d+$/.test(name) && /^(?:file=)?\//.test(value);
  return path ? "Only root can pass arbitrary filesystem paths." : undefined;
}

function checkRights(who: Identity, params: Params, change: Change): void {
  if (isTrueRoot(who)) return;
  if (params.flag("skiplock")) throw invalid({ skiplock: "Only root may use this option." });
  checkHostAccess(who, [
    ...Object.entries(change.set),
    ...change.remove.filter((name) => ROOT_ONLY.includes(name)).map((name): [string, string] => [name, ""]),
  ]);
}

/** Refuses what only the literal root may set. */
export function checkHostAccess(who: Identity, options: readonly [string, string][]): void {
  const reason = isTrueRoot(who) ? undefined : options.map(hostAccess).find((text) => text !== undefined);
  if (reason) throw died(reason);
}

function checkRemovals(world: World, kind: Guest["kind"], { set, remove }: Change): void {
  const schema = configSchema(world, kind);
  for (const name of remove) {
    if (name in set)
      throw invalid({ delete: `you can't use '-${name}' and -delete ${name}' at the same time` });
    if (NOT_CONFIG.includes(name) || !(schemaName(schema, name) in schema))
      throw invalid({ delete: `unknown option '${name}'` });
  }
}

/** Reads an update; what it may not ask for is refused here, before any guest is looked at. */
export function changeOf(call: Pick<Call, "world" | "who" | "node" | "params">, kind: Guest["kind"]): Change {
  const { world, who, node, params } = call;
  const change: Change = { set: params.without(NOT_CONFIG), remove: params.list("delete") };
  checkRights(who, params, change);
  if (change.remove.length === 0 && Object.keys(change.set).length === 0 && !params.has("revert"))
    throw died("no options specified");
  checkRemovals(world, kind, change);
  checkHookscript(world, change.set.hookscript, node);
  if (change.set.tags === undefined) return change;
  return { ...change, set: { ...change.set, tags: normalTags(world, change.set.tags) } };
}

/** The devices to boot from must be there, or come with the same update. */
function checkBootOrder(guest: Guest, { set, remove }: Change): void {
  const devices = bootDevices(set.boot);
  const there = { ...guest.config, ...guest.pending, ...set };
  const missing = devices.find((device) => !there[device] || remove.includes(device));
  if (missing) throw died(`invalid bootorder: device '${missing}' does not exist'`);
}

/** At once or at the next start; a drive that gets another volume lets go of the old one. */
function setOptions(world: World, guest: Guest, config: Config): void {
  for (const [name, value] of Object.entries(withMacs(world, guest.kind, config))) {
    forgetPending(guest, name);
    if (waits(guest, name)) {
      postpone(guest, name, value);
      continue;
    }
    if (isReplaced(guest, name, value)) letGo(world, guest, name);
    guest.config[name] = value;
  }
}

/** Brings the update into the configuration; new disks are made on the way. */
export function applyChange(world: World, guest: Guest, change: Change, params: Params): void {
  checkDigest(guest, params.optional("digest"));
  if (!params.flag("skiplock")) checkLock(guest);
  checkWritable(world, guest);
  const { lock, ...set } = change.set;
  const wishes = wishesOf(world, set, guest.node);
  const missing = missingVolume(world, set, guest.node);
  if (missing) throw died(`volume '${missing}' does not exist`);
  checkBootOrder(guest, change);
  if (guest.status === "stopped") applyPending(guest);
  for (const name of params.list("revert")) forgetPending(guest, name);
  const how = { force: params.flag("force"), boot: !change.remove.includes("boot") };
  for (const name of change.remove) {
    if (name === "lock") delete guest.lock;
    removeOption(world, guest, name, how);
  }
  if (lock) guest.lock = lock;
  const disks = wishes.map((wish) => [wish.option, allocate(world, guest, wish)] as const);
  setOptions(world, guest, { ...set, ...Object.fromEntries(disks) });
  if (guest.config.description === "") delete guest.config.description;
  world.touch();
}
