import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { asFault, configIn } from "../proxmox/index.ts";
import { unfit, type Storage } from "../storage/index.ts";
import { disksOf as drivesIn, type Disk } from "../disk/index.ts";
import { kindOf } from "./backup.ts";
import type { Found } from "./find.ts";
import type { RestoreInput } from "./restore-input.ts";

/** Where Proxmox puts the disks of a container when no storage is named. */
const OF_CONTAINERS = "local";

/**
 * The disks that a restore lays, by the backup's own configuration. A VM comes back without those that were no part of its
 * backup, a container with empty ones.
 */
export async function disksOf(world: World, { backup, place }: Found): Promise<Disk[]> {
  const proxmox = await Cluster.connect(world, place.cluster);
  const config = await configIn(proxmox, place.node, backup.volid).catch(asFault);
  const isContainer = kindOf(backup.volid) === "lxc";
  return drivesIn(config).filter(
    ({ kind, storage, backup: held }) => kind === "disk" && storage !== null && (isContainer || held),
  );
}

type Wanted = Pick<RestoreInput, "volid" | "storage" | "storages">;

/**
 * Where Proxmox lays all disks; undefined leaves each where it was, as with a VM when no storage is named. Where every disk has a storage of its own, it is
 * the one that gets the most bytes, which then need no copying.
 */
function landingOf({ volid, storage, storages = {} }: Wanted, disks: readonly Disk[]): string | undefined {
  const byItself = kindOf(volid) === "lxc" ? OF_CONTAINERS : undefined;
  if (storage !== undefined) return storage;
  if (disks.length === 0 || disks.some(({ name }) => storages[name] === undefined)) return byItself;
  const bytes = new Map<string, number>();
  for (const { name, sizeBytes } of disks) {
    const target = storages[name] ?? "";
    bytes.set(target, (bytes.get(target) ?? 0) + (sizeBytes ?? 0));
  }
  return [...bytes].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

/** The storage for the restore itself, and the disks that are moved after it. Pure. */
export function layOut(wanted: Wanted, disks: readonly Disk[]) {
  const landing = landingOf(wanted, disks);
  const moves = disks.flatMap(({ name, storage }) => {
    const target = wanted.storages?.[name];
    return target === undefined || target === (landing ?? storage) ? [] : [{ disk: name, storage: target }];
  });
  return { storage: landing ?? null, moves };
}

/** Why the disks cannot lie where they are wanted, or on the way there; undefined when they can. Pure. */
export function misplaced(
  wanted: Wanted,
  { disks, storages }: { readonly disks: readonly Disk[]; readonly storages: readonly Storage[] },
  node: string,
) {
  const { volid, storages: map = {} } = wanted;
  const unknown = Object.keys(map).find((disk) => !disks.some(({ name }) => name === disk));
  if (unknown !== undefined) {
    const names = disks.map(({ name }) => name).join(", ") || "none";
    return { code: "disk.missing", because: `no disk ${unknown} comes out of the backup, but ${names}` };
  }
  const isContainer = kindOf(volid) === "lxc";
  const landing = landingOf(wanted, disks);
  const first = landing === undefined ? disks.flatMap(({ storage }) => storage ?? []) : [landing];
  const content = isContainer ? "rootdir" : "images";
  for (const storage of new Set([...first, ...Object.values(map)])) {
    const reason = unfit(storages, { storage, node, content });
    const unnamed = wanted.storage !== storage && !Object.values(map).includes(storage);
    if (reason)
      return {
        ...reason,
        because: `${reason.because}${unnamed ? "; it is where disks go unless another is named" : ""}`,
      };
  }
  return undefined;
}
