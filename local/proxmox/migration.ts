import { noun, withGuestLock } from "./guest.ts";
import { bindMount, hasStorage, localDevices } from "./migration-facts.ts";
import { powerOff, powerOn } from "./power-state.ts";
import { localReferences, referencesOf, scan } from "./references.ts";
import { died } from "./refusal.ts";
import type { Guest, Storage, Volume } from "./state.ts";
import type { TaskRun } from "./task.ts";
import { findVolume } from "./volume.ts";
import { volumeName } from "./volume-name.ts";
import type { World } from "./world.ts";

/** How a guest is to be moved. */
export interface Migration {
  readonly target: string;
  /** Whether a running VM may take its local disks along. */
  readonly withLocalDisks: boolean;
  /** Whether a running container is stopped, moved and started again. */
  readonly restart: boolean;
  /** `b`, or `a:b,c:d`: where disks go that lie on these storages; empty for where they are. */
  readonly storages: string;
}

/** Where a volume on this storage goes; what is shared stays, whatever is asked for. */
function storageFor(world: World, { storages }: Migration, name: string): string {
  if (world.state.storages[name]?.shared === true) return name;
  const pairs = storages.split(/[,;\s]+/).filter(Boolean);
  const mapped = pairs.map((pair) => pair.split(":")).find(([from, to]) => to !== undefined && from === name);
  const all = pairs.find((pair) => !pair.includes(":") && pair !== "1");
  return mapped?.[1] ?? all ?? name;
}

/** What is in the way before any disk is looked at, in the words of the log; undefined for nothing. */
function problem(guest: Guest): string | undefined {
  const devices = localDevices(guest);
  if (guest.kind === "qemu" && devices.length > 0)
    return `can't migrate VM which uses local devices: ${devices.join(", ")}`;
  const mount = bindMount(guest);
  return guest.kind === "lxc" && mount !== undefined
    ? `cannot migrate local bind mount point '${mount}'`
    : undefined;
}

/** The storages that the target would need and does not have. */
function lacking(world: World, guest: Guest, migration: Migration): string | undefined {
  const storages = referencesOf(guest).map(({ storage }) => storageFor(world, migration, storage));
  const name = storages.find((storage) => !hasStorage(world, storage, migration.target));
  return name === undefined ? undefined : `storage '${name}' is not available on node '${migration.target}'`;
}

/** Looks at every local volume and says of each why it cannot go; the end of the log only says that there is one. */
function scanned(world: World, guest: Guest, migration: Migration, task: TaskRun): string | undefined {
  const isLive = guest.status === "running" && guest.kind === "qemu";
  const word = guest.kind === "qemu" ? "disk" : "volume";
  const problems = localReferences(world, guest).flatMap((reference) => {
    const { volid, attached, cdrom } = reference;
    const alone = isLive && attached && !cdrom && !migration.withLocalDisks;
    const why =
      scan(world, guest, reference) ??
      (alone ? "can't live migrate attached local disks without with-local-disks option" : undefined);
    return why === undefined ? [] : [`can't migrate local ${word} '${volid}': ${why}`];
  });
  for (const line of problems) task.log(line);
  if (problems.length === 0) return lacking(world, guest, migration);
  return `Problem found while scanning volumes - can't migrate ${noun(guest.kind)} - check log`;
}

/** The guest and its snapshots name a volume as it is called from now on. */
function rename(guest: Guest, from: string, to: string): void {
  for (const config of [guest.config, ...Object.values(guest.snapshots).map((one) => one.config)])
    for (const [option, value] of Object.entries(config))
      if (value.startsWith(`${from},`) || value === from) config[option] = value.replace(from, to);
}

function moveDisk(
  world: World,
  guest: Guest,
  volume: Volume,
  { target, to }: { target: string; to: Storage },
) {
  if (to.storage !== volume.storage) {
    const format = to.path === undefined ? "raw" : volume.format;
    const volid = volumeName(world, to, { vmid: guest.vmid, node: target }, format);
    rename(guest, volume.volid, volid);
    Object.assign(volume, { volid, storage: to.storage, format });
  }
  if (to.shared) delete volume.node;
  else volume.node = target;
}

/** The guest and its local disks are on the other node from now on. */
function arrive(world: World, guest: Guest, migration: Migration): void {
  for (const { volid, storage } of localReferences(world, guest)) {
    const volume = findVolume(world, volid, guest.node);
    const to = world.state.storages[storageFor(world, migration, storage)];
    if (volume && to) moveDisk(world, guest, volume, { target: migration.target, to });
  }
  guest.node = migration.target;
  world.touch();
}

/** The work of a task that moves a guest; what is in the way ends it before anything is moved. */
export async function migrateGuest(
  world: World,
  guest: Guest,
  migration: Migration,
  task: TaskRun,
): Promise<void> {
  const { target } = migration;
  const why = world.state.nodes[target]?.online
    ? (problem(guest) ?? scanned(world, guest, migration, task))
    : `ssh: connect to host ${target} port 22: No route to host`;
  if (why !== undefined) {
    task.log(`ERROR: migration aborted (duration 00:00:00): ${why}`);
    throw died("migration aborted");
  }
  await withGuestLock(world, guest, "migrate", async () => {
    task.log(`starting migration of ${noun(guest.kind)} ${guest.vmid} to node '${target}'`);
    const restarts = guest.kind === "lxc" && guest.status === "running" && migration.restart;
    if (restarts) {
      await task.work("shutdown");
      powerOff(world, guest);
    }
    try {
      await task.work("migrate");
      arrive(world, guest, migration);
    } finally {
      // One that could not be moved is started again where it was.
      if (restarts) powerOn(world, guest);
    }
  });
  task.log("migration finished successfully (duration 00:00:05)");
}
