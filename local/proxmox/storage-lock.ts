import { WAITS } from "./latency.ts";
import { died } from "./refusal.ts";
import type { Storage } from "./state.ts";
import type { World } from "./world.ts";

/** A shared storage is locked for the whole cluster, one of its own by each node. */
const lockOf = ({ storage, shared }: Storage, node: string) =>
  shared ? `storage-${storage}` : `${node}:/var/lock/pve-manager/pve-storage-${storage}`;

const timeout = (storage: Storage) =>
  storage.shared
    ? died(`cfs-lock 'storage-${storage.storage}' error: got lock request timeout`)
    : died(`can't lock file '/var/lock/pve-manager/pve-storage-${storage.storage}' - got timeout`);

/** Works while holding the locks of these storages, one after the other; gives up after ten seconds each. */
export async function withStorageLocks<T>(
  world: World,
  place: { readonly node: string; readonly storages: readonly Storage[] },
  work: () => Promise<T>,
): Promise<T> {
  const [storage, ...rest] = place.storages;
  if (!storage) return work();
  const release = await world.locks.acquire(lockOf(storage, place.node), WAITS.storageLock);
  if (!release) throw timeout(storage);
  try {
    return await withStorageLocks(world, { node: place.node, storages: rest }, work);
  } finally {
    release();
  }
}
