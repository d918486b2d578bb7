import type { Call } from "../call.ts";
import { checkLock, type Kind } from "../guest.ts";
import { dependentsOf, haResource } from "../ha.ts";
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

/** The other nodes, by whether they have all storages of the guest's disks. */
function targetsOf(world: World, guest: Guest) {
  const storages = [...new Set(disksOf(guest).map(({ volid }) => volid.split(":")[0] ?? ""))];
  const others = Object.values(world.state.nodes).filter(({ name, online }) => name !== guest.node && online);
  const lacking = others.map(({ name }) => ({
    name,
    missing: storages.filter((storage) => !hasStorage(world, storage, name)),
  }));
  const refused = lacking.filter(({ missing }) => missing.length > 0);
  return {
    allowed_nodes: lacking.filter(({ missing }) => missing.length === 0).map(({ name }) => name),
    not_allowed_nodes: Object.fromEntries(
      refused.map(({ name, missing }) => [name, { unavailable_storages: missing }]),
    ),
  };
}

/** What a migration would meet; containers only answer this from 9.0 on, with hyphens. */
export const precondition = (kind: Kind) => (call: Call) => {
  const { world, node } = call;
  const guest = guestOf(call, kind);
  checkLock(guest);
  const nodes = Object.values(world.state.nodes).filter((one) => one.name !== node && one.online);
  const running = guest.status === "running" ? 1 : 0;
  const dependents = { "dependent-ha-resources": haResource(world, guest) ? dependentsOf(world, guest) : [] };
  if (kind === "lxc")
    return {
      running,
      "allowed-nodes": nodes.map(({ name }) => name),
      "not-allowed-nodes": {},
      ...dependents,
    };
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
