import { volumeName } from "./disk.ts";
import { noun, withGuestLock } from "./guest.ts";
import { bindMount, hasStorage, localDevices, localDisks, localImages } from "./migration-facts.ts";
import { powerOff, powerOn } from "./power-state.ts";
import { died } from "./refusal.ts";
import type { Guest, Storage, Volume } from "./state.ts";
import type { TaskRun } from "./task.ts";
import { disksOf, findVolume } from "./volume.ts";
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

/** What is in the way of a migration, in the words of its log; undefined for nothing. */
function problem(world: World, guest: Guest, migration: Migration): string | undefined {
  const devices = localDevices(guest);
  if (guest.kind === "qemu" && devices.length > 0)
    return `can't migrate VM which uses local devices: ${devices.join(", ")}`;
  const mount = bindMount(guest);
  if (guest.kind === "lxc" && mount !== undefined) return `cannot migrate local bind mount point '${mount}'`;
  const live = guest.status === "running" && guest.kind === "qemu";
  for (const { volid } of localDisks(world, guest)) {
    if (live && !migration.withLocalDisks)
      return `can't live migrate attached local disks without with-local-disks option: ${volid}`;
  }
  for (const { volid } of disksOf(guest)) {
    const storage = storageFor(world, migration, findVolume(world, volid)?.storage ?? "");
    if (!hasStorage(world, storage, migration.target))
      return `storage '${storage}' is not available on node '${migration.target}'`;
  }
  const [image] = localImages(world, guest);
  return image === undefined ? undefined : `can't migrate local disk '${image}': local cdrom image`;
}

function moveDisk(
  world: World,
  guest: Guest,
  volume: Volume,
  { target, to }: { target: string; to: Storage },
) {
  if (to.storage !== volume.storage) {
    const format = to.path === undefined ? "raw" : volume.format;
    const volid = volumeName(world, to, { vmid: guest.vmid, format });
    for (const [option, value] of Object.entries(guest.config))
      if (value.startsWith(`${volume.volid},`) || value === volume.volid)
        guest.config[option] = value.replace(volume.volid, volid);
    Object.assign(volume, { volid, storage: to.storage, format });
  }
  if (to.shared) delete volume.node;
  else volume.node = target;
}

/** The guest and its local disks are on the other node from now on. */
function arrive(world: World, guest: Guest, migration: Migration): void {
  for (const { volid } of localDisks(world, guest)) {
    const volume = findVolume(world, volid);
    const to = world.state.storages[storageFor(world, migration, volume?.storage ?? "")];
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
    ? problem(world, guest, migration)
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
