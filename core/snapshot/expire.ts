import * as Cluster from "../cluster/index.ts";
import { systemContext, type World } from "../context.ts";
import type { Change } from "../db/index.ts";
import { find } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import { newId } from "../lib/id.ts";
import { accept, type Task } from "../operation/index.ts";
import { due, forget, later, type ExpiryRow } from "./expiry.ts";

/** How many snapshots of a cluster one run deletes at most; the next run goes on. */
const MOST = 200;

/** Should the deletion fail, the entry comes up again after this. */
const AGAIN_MS = 3_600_000;

/** After this long, a guest that is not listed is taken for deleted. */
const FORGET_MS = 7 * 86_400_000;

/** A guest that is not listed may be one that the token may not see just now, so its entry is kept for a while. */
function missing(world: World, row: ExpiryRow): readonly Change[] {
  const now = world.clock.now().getTime();
  if (now - Date.parse(row.at) > FORGET_MS) return [forget(row)];
  return later(row, new Date(now + AGAIN_MS)).changes;
}

/** Undefined for a guest that is gone, and for one whose cluster does not answer: that one stays due and keeps no other waiting. */
async function toTask(world: World, row: ExpiryRow): Promise<Task | undefined> {
  try {
    const guest = await find(world, row.cluster, row.vmid);
    const again = later(row, new Date(world.clock.now().getTime() + AGAIN_MS));
    await world.store.write(again.changes);
    const { pk, sk } = again.next;
    const detail = { name: row.name, expired: true, own: true, entry: { pk, sk } };
    const vm = { id: guest.id, name: guest.name, node: guest.node };
    return {
      guest,
      item: {
        vm,
        action: "snapshot.delete",
        willRun: true,
        because: `expired at ${row.at}`,
        code: null,
        detail,
      },
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.code === "vm.missing") await world.store.write(missing(world, row));
    else world.log.warn("expire", { cluster: row.cluster, vmid: row.vmid, reason: error.message });
    return undefined;
  }
}

/** Begins the deletion of what has expired in one cluster; what an item finds in Proxmox decides in the end. */
async function expireCluster(world: World, cluster: string): Promise<number> {
  const rows = await due(world, cluster, MOST);
  const found = await Promise.all(rows.map((row) => toTask(world, row)));
  const tasks = found.filter((task) => task !== undefined);
  if (tasks.length === 0) return 0;
  const ctx = systemContext(world, "expire", newId("req", world.clock.now()));
  const target = `${tasks.length} expired snapshots of ${cluster}`;
  await accept(ctx, {
    kind: "snapshot.expire",
    action: "snapshot.delete",
    tasks,
    target,
    input: { cluster },
    bulk: true,
    force: false,
  });
  return tasks.length;
}

/** Deletes the snapshots whose time to live has passed, in every cluster. Nobody has to make a job for it. */
export async function expire(world: World): Promise<number> {
  let total = 0;
  for (const cluster of await Cluster.all(world)) total += await expireCluster(world, cluster.id);
  return total;
}
