import type { Call } from "../call.ts";
import { checkLock, type Kind } from "../guest.ts";
import { dependentsOf, haResource, separatedFrom } from "../ha.ts";
import { hasStorage, localDevices, mappedDevices } from "../migration-facts.ts";
import { localReferences, type Reference } from "../references.ts";
import type { Guest } from "../state.ts";
import { disksOf, findVolume, isCloudInit } from "../volume.ts";
import { atLeast, type World } from "../world.ts";
import { guestOf } from "./guests.ts";

const flag = (is: boolean) => (is ? 1 : 0);

const diskRow = (world: World, guest: Guest) => (reference: Reference) => {
  const { volid, option, cdrom, attached, unused, tpmstate, snapshots } = reference;
  return {
    volid,
    ...(!option.startsWith("unused") && { drivename: option }),
    size: findVolume(world, volid, guest.node)?.size ?? 0,
    cdrom: flag(cdrom),
    is_attached: flag(attached),
    is_unused: flag(unused),
    is_tpmstate: flag(tpmstate),
    is_vmstate: 0,
    ...(atLeast(world, 9.2) && { is_cloudinit: flag(isCloudInit(volid)) }),
    ...(snapshots.length > 0 && {
      referenced_in_snapshot: Object.fromEntries(snapshots.map((name) => [name, 1])),
    }),
    replicate: 1,
    shared: 0,
  };
};

/** Nobody asks whether they answer. */
const othersOf = ({ state }: World, guest: Guest) =>
  Object.values(state.nodes)
    .map(({ name }) => name)
    .filter((name) => name !== guest.node);

type Lack = Readonly<Record<string, unknown>>;

/** What other resources keep away from a node, from 9.0 on. */
function blockersOn(world: World, guest: Guest, node: string): Lack {
  const blocking = atLeast(world, 9) ? separatedFrom(world, guest, node) : [];
  return blocking.length > 0 ? { "blocking-ha-resources": blocking } : {};
}

/** The storages of its disks that a node has not. */
function storagesLacking(world: World, guest: Guest, node: string): Lack {
  const storages = [...new Set(disksOf(guest).map(({ volid }) => volid.split(":")[0] ?? ""))];
  const missing = storages.filter((storage) => !hasStorage(world, storage, node)).toSorted();
  return missing.length > 0 ? { unavailable_storages: missing } : {};
}

const isEmpty = (lack: Lack) => Object.keys(lack).length === 0;

/** Every other node is among those that are not allowed, one that is allowed too: with nothing that it lacks. */
function targetsOf(world: World, guest: Guest) {
  const lacks = othersOf(world, guest).map((node): [string, Lack] => [
    node,
    { ...storagesLacking(world, guest, node), ...blockersOn(world, guest, node) },
  ]);
  return {
    allowed_nodes: lacks.filter(([, lack]) => isEmpty(lack)).map(([node]) => node),
    not_allowed_nodes: Object.fromEntries(lacks),
  };
}

/** A container's storages are not looked at. */
function ofContainer(world: World, guest: Guest) {
  const lacks = othersOf(world, guest).map((node): [string, Lack] => [node, blockersOn(world, guest, node)]);
  return {
    "allowed-nodes": lacks.filter(([, lack]) => isEmpty(lack)).map(([node]) => node),
    "not-allowed-nodes": Object.fromEntries(lacks.filter(([, lack]) => !isEmpty(lack))),
    ...(haResource(world, guest) && { "dependent-ha-resources": dependentsOf(world, guest) }),
  };
}

/** What a migration would meet; containers only answer this from 9.0 on, with hyphens. */
export const precondition = (kind: Kind) => (call: Call) => {
  const { world } = call;
  const guest = guestOf(call, kind);
  checkLock(guest);
  const running = guest.status === "running" ? 1 : 0;
  const dependents = { "dependent-ha-resources": haResource(world, guest) ? dependentsOf(world, guest) : [] };
  if (kind === "lxc") return { running, ...ofContainer(world, guest) };
  const targets = running ? {} : targetsOf(world, guest);
  const local = {
    local_disks: localReferences(world, guest).map(diskRow(world, guest)),
    local_resources: localDevices(guest),
  };
  const mapped = atLeast(world, 8) ? { "mapped-resources": mappedDevices(guest) } : {};
  const info = atLeast(world, 8.4) ? { "mapped-resource-info": {} } : {};
  const bus = atLeast(world, 9) ? { "has-dbus-vmstate": 0, ...dependents } : {};
  return { running, ...targets, ...local, ...mapped, ...info, ...bus };
};
