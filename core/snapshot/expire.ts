import * as Cluster from "../cluster/index.ts";
import { systemContext, type World } from "../context.ts";
import type { Change } from "../db/index.ts";
import { find } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import { newId } from "../lib/id.ts";
import { accept, type Task } from "../operation/index.ts";
import * as Policy from "../policy/index.ts";
import { ACTIONS } from "./actions.ts";
import { discover, mayExpire } from "./discover.ts";
import { due, forget, later, type ExpiryRow } from "./expiry.ts";
import type { Target } from "./targets.ts";

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

/** Puts the entries of a guest off, and says which snapshots they mean. */
async function targetsOf(world: World, rows: readonly ExpiryRow[]): Promise<Target[]> {
  const again = rows.map((row) => later(row, new Date(world.clock.now().getTime() + AGAIN_MS)));
  for (const { changes } of again) await world.store.write(changes);
  return again.map(({ next }) => ({ name: next.name, expired: true, entry: { pk: next.pk, sk: next.sk } }));
}

/** Undefined for a guest that is gone, and for one whose cluster does not answer: that one stays due and keeps no other waiting. */
async function toTask(world: World, rows: readonly ExpiryRow[]): Promise<Task | undefined> {
  const [{ cluster, vmid } = { cluster: "", vmid: 0 }] = rows;
  try {
    const guest = await find(world, cluster, vmid);
    const own = rows.every((row) => row.own);
    if (!own && !mayExpire(guest, await Policy.safeMode(world))) {
      for (const row of rows) await world.store.write([forget(row)]);
      return undefined;
    }
    const detail = { targets: await targetsOf(world, rows), own };
    const vm = { id: guest.id, name: guest.name, node: guest.node };
    const because = `expired: ${rows.map(({ name, at }) => `${name} at ${at}`).join(", ")}`;
    return {
      guest,
      item: { vm, action: ACTIONS.delete.name, willRun: true, because, code: null, detail },
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.code !== "vm.missing") world.log.warn("expire", { cluster, vmid, reason: error.message });
    else for (const row of rows) await world.store.write(missing(world, row));
    return undefined;
  }
}

/** Begins the deletion of what has expired in one cluster; what an item finds in Proxmox decides in the end. */
async function expireCluster(world: World, cluster: string): Promise<number> {
  const rows = await due(world, cluster, MOST);
  const groups = Map.groupBy(rows, ({ vmid, own }) => `${vmid} ${own}`);
  const found = await Promise.all([...groups.values()].map((members) => toTask(world, members)));
  const tasks = found.filter((task) => task !== undefined);
  if (tasks.length === 0) return 0;
  const ctx = systemContext(world, "expire", newId("req", world.clock.now()));
  const target = `expired snapshots of ${tasks.length} guests of ${cluster}`;
  await accept(ctx, {
    kind: "snapshot.expire",
    action: ACTIONS.delete,
    tasks,
    target,
    input: { cluster },
    bulk: true,
    override: false,
  });
  return tasks.length;
}

/** Deletes the snapshots whose time to live has passed, in every cluster. Nobody has to make a job for it. */
export async function expire(world: World): Promise<number> {
  let total = 0;
  for (const { id } of await Cluster.all(world)) {
    await discover(world, id);
    total += await expireCluster(world, id);
  }
  return total;
}
