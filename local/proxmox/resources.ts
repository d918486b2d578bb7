import { haState } from "./ha.ts";
import { isTemplate, nameOf } from "./guest.ts";
import { asSeen, forgotten, isForgotten } from "./seen.ts";
import { parsePropertyString } from "./validate/property-string.ts";
import type { Guest, Node, Storage, Volume } from "./state.ts";
import { isSeenFrom } from "./volume.ts";
import { seconds, type World } from "./world.ts";

const MIB = 1024 ** 2;
const UNITS: Readonly<Record<string, number>> = { K: 1024, M: MIB, G: 1024 ** 3, T: 1024 ** 4 };

/** Bytes of "32G"; a bare number counts bytes. */
export function bytesOf(size: string): number {
  const [, digits = "0", unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(size) ?? [];
  return Number(digits) * (UNITS[unit] ?? 1);
}

const DISK_FORMAT = { file: { defaultKey: true } };

/** A disk option taken apart: `file` is the volume. */
export const diskOf = (option: string) => parsePropertyString(DISK_FORMAT, option).values;

const bootDisk = (guest: Guest) => guest.config.rootfs ?? guest.config.scsi0 ?? guest.config.virtio0 ?? "";

/** A number that stays the same for a guest, so that figures differ but do not jump: in [0, 1). */
const steady = (vmid: number, salt: number) => ((vmid * 7919 + salt * 104_729) % 1000) / 1000;

/** What the statistics daemon knows of a guest. Sizes in bytes, uptime in seconds. */
export function figuresOf(world: World, guest: Guest) {
  const running = guest.status === "running";
  const uptime = running ? seconds(world) - (guest.startedAt ?? seconds(world)) : 0;
  const maxmem = Number(/\d+/.exec(guest.config.memory ?? "512")?.[0]) * MIB;
  const used = running ? 1 : 0;
  return {
    cpu: running ? 0.01 + steady(guest.vmid, 1) * 0.2 : 0,
    cpus: Number(guest.config.cores ?? 1) * Number(guest.config.sockets ?? 1),
    disk: guest.kind === "lxc" ? used * Math.floor(2e9 * steady(guest.vmid, 2)) : 0,
    maxdisk: bytesOf(diskOf(bootDisk(guest)).size ?? "0"),
    maxmem,
    mem: used * Math.floor(maxmem * (0.3 + 0.5 * steady(guest.vmid, 3))),
    netin: uptime * 1000,
    netout: uptime * 700,
    diskread: uptime * 2000,
    diskwrite: uptime * 3000,
    uptime,
  };
}

/** The pool of every guest that is in one. */
export const poolIndex = (world: World): ReadonlyMap<number, string> =>
  new Map(
    Object.values(world.state.pools).flatMap(({ poolid, vms }) => vms.map((vmid) => [vmid, poolid] as const)),
  );

/** A guest's row in /cluster/resources. */
export function guestResource(world: World, now: Guest, pools = poolIndex(world)) {
  if (isForgotten(world, now)) return forgotten(now);
  const guest = asSeen(world, now);
  const { cpus, ...figures } = figuresOf(world, guest);
  const pool = pools.get(guest.vmid);
  const hastate = haState(world, guest);
  return {
    id: `${guest.kind}/${guest.vmid}`,
    type: guest.kind,
    vmid: guest.vmid,
    node: guest.node,
    name: nameOf(guest),
    status: guest.status,
    template: isTemplate(guest) ? 1 : 0,
    maxcpu: cpus,
    ...figures,
    ...(guest.config.tags && { tags: guest.config.tags }),
    ...(guest.lock && { lock: guest.lock }),
    ...(pool && { pool }),
    ...(hastate && { hastate }),
  };
}

const runningOn = (world: World, node: Node) =>
  Object.values(world.state.guests).filter((guest) => guest.node === node.name && guest.status === "running");

/** What a node says of itself; nothing when it is lost. */
export function nodeFigures(world: World, node: Node) {
  if (!node.online) return {};
  const guests = runningOn(world, node).map((guest) => figuresOf(world, guest));
  const sum = (pick: (figures: (typeof guests)[number]) => number) =>
    guests.reduce((total, one) => total + pick(one), 0);
  return {
    cpu: Math.min(0.95, sum(({ cpu, cpus }) => cpu * cpus) / node.cpus),
    maxcpu: node.cpus,
    mem: Math.floor(node.memory * 0.05 + sum(({ mem }) => mem)),
    maxmem: node.memory,
    disk: Math.floor(node.disk * 0.2),
    maxdisk: node.disk,
    uptime: seconds(world) - node.bootedAt,
  };
}

export const nodeStatus = (node: Node) => (node.online ? "online" : "offline");

export const nodeResource = (world: World, node: Node) => ({
  id: `node/${node.name}`,
  type: "node",
  node: node.name,
  status: nodeStatus(node),
  level: "",
  ...(node.online && { "cgroup-mode": 2 }),
  ...nodeFigures(world, node),
});

/** Volumes of a storage as one node sees them. */
export const volumesOn = (world: World, storage: Storage, node: string): Volume[] =>
  world.state.volumes.filter(
    (volume) => volume.storage === storage.storage && (storage.shared || isSeenFrom(node)(volume)),
  );

export const usedOn = (world: World, storage: Storage, node: string): number =>
  storage.full
    ? storage.total
    : volumesOn(world, storage, node).reduce((total, volume) => total + volume.used, storage.total * 0.02);

export const storageResource = (world: World, storage: Storage, node: Node) => ({
  id: `storage/${node.name}/${storage.storage}`,
  type: "storage",
  node: node.name,
  storage: storage.storage,
  plugintype: storage.type,
  content: storage.content.join(","),
  shared: storage.shared ? 1 : 0,
  status: node.online ? "available" : "unknown",
  ...(node.online && { disk: Math.floor(usedOn(world, storage, node.name)), maxdisk: storage.total }),
});
