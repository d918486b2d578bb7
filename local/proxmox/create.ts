import { defaultBootOrder } from "./boot-order.ts";
import { createdTags } from "./config-values.ts";
import { allocate, wishesOf } from "./disk.ts";
import { noun, type Kind } from "./guest.ts";
import { withMacs } from "./network-card.ts";
import { decode } from "./request.ts";
import { checkVolumeName, disksOf, findVolume } from "./volume.ts";
import { died, invalid, Refusal } from "./refusal.ts";
import type { Config, Guest } from "./state.ts";
import { seconds, type World } from "./world.ts";

export const uuid = (world: World) => [8, 4, 4, 4, 12].map((digits) => world.random.hex(digits)).join("-");

function ownFields(world: World, kind: Kind, config: Config): Config {
  if (kind === "lxc") return { arch: "amd64", ...config };
  const tags = config.tags === undefined ? {} : { tags: createdTags(world, config.tags) };
  return {
    ...config,
    ...tags,
    boot: config.boot ?? defaultBootOrder(config),
    meta: `creation-qemu=9.2.0,ctime=${seconds(world)}`,
    smbios1: config.smbios1 ?? `uuid=${uuid(world)}`,
    vmgenid: uuid(world),
  };
}

export interface Birth {
  readonly kind: Kind;
  readonly vmid: number;
  readonly node: string;
  readonly config: Config;
  readonly pool?: string | undefined;
}

/** Keys come percent-encoded; ssh-keygen must understand each. */
export function checkKeys(sshkeys: string | undefined): void {
  const lines = decode((sshkeys ?? "").replaceAll("+", "%2B"))
    .split("\n")
    .filter((line) => line.trim() !== "");
  if (lines.some((line) => !/^\S+ [A-Za-z0-9+/]{40,}={0,2}( |$)/.test(line)))
    throw died("SSH public key validation error");
}

/** A hook script must lie among the snippets. */
export function checkHookscript(world: World, volid: string | undefined, node: string): void {
  if (!volid) return;
  if (!volid.includes(":snippets/"))
    throw invalid({ hookscript: `'${volid}' is not in the snippets directory` });
  if (!findVolume(world, volid, node)) throw invalid({ hookscript: `script '${volid}' does not exist\n` });
}

/** The first volume that a configuration names although its node does not have it. */
export function missingVolume(world: World, config: Config, node: string): string | undefined {
  const named = disksOf({ config }).map(({ volid }) => volid);
  const cdroms = Object.values(config).flatMap((value) => /^([\w.-]+:iso\/[^,]+)/.exec(value)?.[1] ?? []);
  const sources = Object.values(config).flatMap(
    (value) => /(?:^|,)import-from=([^,]+)/.exec(value)?.[1] ?? [],
  );
  return [...named, ...cdroms, ...sources].find((volid) => {
    const [storage = "", name = ""] = volid.split(":");
    if (/^(\d+(\.\d+)?|cloudinit)$/.test(name) || !world.state.storages[storage]) return false;
    if (world.state.storages[storage].path !== undefined) checkVolumeName(name);
    return !findVolume(world, volid, node);
  });
}

/** A guest can be made: its pool is there, and the cluster takes configurations. */
export function checkPlace(world: World, pool: string | undefined): void {
  if (pool !== undefined && !world.state.pools[pool])
    throw new Refusal(403, `Permission check failed (pool '${pool}' does not exist)`);
  if (!world.state.quorate) throw died("cluster not ready - no quorum?");
}

/** What is checked before the answer: storages, then the pool, then whether the id is free. */
export function checkBirth(world: World, birth: Birth, verb = "create"): void {
  const { vmid, kind, node, config, pool } = birth;
  wishesOf(world, config, node);
  checkPlace(world, pool);
  const taken = world.state.guests[vmid];
  if (!taken) return;
  const exists = `${noun(taken.kind)} ${vmid} already exists on node '${taken.node}'`;
  throw died(kind === "qemu" ? `unable to ${verb} VM ${vmid} - ${exists}` : exists);
}

/** Puts a guest into the cluster; its configuration is locked until it is complete. */
export function reserve(world: World, birth: Birth, lock: string): Guest {
  const { vmid, kind, node, pool } = birth;
  const bornAt = seconds(world);
  const guest: Guest = { vmid, kind, node, status: "stopped", bornAt, config: {}, snapshots: {}, lock };
  world.state.guests[vmid] = guest;
  if (pool !== undefined) world.state.pools[pool]?.vms.push(vmid);
  world.touch();
  return guest;
}

/** Makes the disks that a configuration asks for: how their options read afterwards. */
export const makeDisks = (world: World, guest: Guest, config: Config): Config =>
  Object.fromEntries(
    wishesOf(world, config, guest.node).map((wish) => [wish.option, allocate(world, guest, wish)]),
  );

/** Makes the disks and writes the configuration; says what was made, for the task's log. */
export function complete(world: World, guest: Guest, config: Config): string[] {
  const disks = makeDisks(world, guest, config);
  const whole = withMacs(world, guest.kind, { ...config, ...disks });
  guest.config = ownFields(world, guest.kind, whole);
  delete guest.lock;
  world.touch();
  return Object.entries(disks).map(([option, value]) => `${option}: successfully created disk '${value}'`);
}
