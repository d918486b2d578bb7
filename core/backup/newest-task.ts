import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { pooled } from "../lib/pool.ts";
import { outcome, ProxmoxError, tasks, toFault, type TaskEntry } from "../proxmox/index.ts";

const WIDTH = 6;
const LOOK_BACK_MS = 14 * 86_400_000;

/** How the newest backup of a guest came out, and when it began. */
export interface NewestTask {
  readonly at: Date;
  readonly failed: string | undefined;
}

/** A task of several guests names none, so only those of a single guest tell of it. */
function learn(found: Map<string, NewestTask>, cluster: string, task: TaskEntry): void {
  if (task.endtime === undefined || !task.id) return;
  const vm = `${cluster}/${task.id}`;
  const at = new Date(task.starttime * 1000);
  const known = found.get(vm);
  if (known && known.at >= at) return;
  found.set(vm, { at, failed: outcome(task.status).ok ? undefined : (task.status ?? "no status") });
}

/** How the newest backup of each guest of a cluster came out, of the last two weeks: one request for each node. */
export async function newestTasks(
  world: World,
  cluster: string,
  nodes: readonly string[],
): Promise<ReadonlyMap<string, NewestTask>> {
  const proxmox = await Cluster.connect(world, cluster);
  const since = new Date(world.clock.now().getTime() - LOOK_BACK_MS);
  const found = new Map<string, NewestTask>();
  await pooled(nodes, WIDTH, async (node) => {
    const list = await tasks(proxmox, node, { since, type: "vzdump" }).catch((error: unknown) => {
      throw error instanceof ProxmoxError ? toFault(error) : error;
    });
    for (const task of list) learn(found, cluster, task);
  });
  return found;
}
