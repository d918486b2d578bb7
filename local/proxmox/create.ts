import { createdTags } from "./config-values.ts";
import { allocate, wishesOf } from "./disk.ts";
import { noun, type Kind } from "./guest.ts";
import { decode } from "./request.ts";
import { checkVolumeName, disksOf, findVolume } from "./volume.ts";
import { died, invalid, Refusal } from "./refusal.ts";
import type { Config, Guest } from "./state.ts";
import { seconds, type World } from "./world.ts";

/** A MAC address that Proxmox would make up. */
const newMac = (world: World) =>
  `BC:24:11:${[0, 1, 2].map(() => world.random.hex(2).toUpperCase()).join(":")}`;

const uuid = (world: World) => [8, 4, 4, 4, 12].map((digits) => world.random.hex(digits)).join("-");

/** Gives every network card that has none an address. */
export function withMacs(world: World, kind: Kind, config: Config, renew = false): Config {
  const entries = Object.entries(config).map(([name, value]): [string, string] => {
    if (!/^net\d+$/.test(name)) return [name, value];
    if (kind === "lxc") return [name, /hwaddr=/.test(value) && !renew ? value : withHwaddr(world, value)];
    const [model = "virtio", ...rest] = value.replace(/^model=/, "").split(",");
    const bare = model.split("=")[0] ?? model;
    const named = rest.some((part) => part.startsWith("macaddr="));
    if ((model.includes("=") || named) && !renew) return [name, value];
    return [
      name,
      [`${bare}=${newMac(world)}`, ...rest.filter((part) => !part.startsWith("macaddr="))].join(","),
    ];
  });
  return Object.fromEntries(entries);
}

const withHwaddr = (world: World, value: string) =>
  [...value.split(",").filter((part) => !part.startsWith("hwaddr=")), `hwaddr=${newMac(world)}`].join(",");

/** The boot order Proxmox writes when none was given: the first disk and the first network card. */
function bootOrder(config: Config): string {
  const names = Object.keys(config).toSorted();
  const disk = names.find(
    (name) => /^(scsi|virtio|sata|ide)\d+$/.test(name) && !config[name]?.includes("media=cdrom"),
  );
  const devices = [disk, names.find((name) => /^net\d+$/.test(name))].filter((name) => name !== undefined);
  return devices.length > 0 ? `order=${devices.join(";")}` : " ";
}

function ownFields(world: World, kind: Kind, config: Config): Config {
  if (kind === "lxc") return { arch: "amd64", ...config };
  const tags = config.tags === undefined ? {} : { tags: createdTags(world, config.tags) };
  return {
    ...config,
    ...tags,
    boot: config.boot ?? bootOrder(config),
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
  const guest: Guest = { vmid, kind, node, status: "stopped", config: {}, snapshots: {}, lock };
  world.state.guests[vmid] = guest;
  if (pool !== undefined) world.state.pools[pool]?.vms.push(vmid);
  world.touch();
  return guest;
}

/** Makes the disks and writes the configuration; says what was made, for the task's log. */
export function complete(world: World, guest: Guest, config: Config): string[] {
  const disks = wishesOf(world, config, guest.node).map(
    (wish) => [wish.option, allocate(world, guest, wish)] as const,
  );
  const whole = withMacs(world, guest.kind, { ...config, ...Object.fromEntries(disks) });
  guest.config = ownFields(world, guest.kind, whole);
  delete guest.lock;
  world.touch();
  return disks.map(([option, value]) => `${option}: successfully created disk '${value}'`);
}
