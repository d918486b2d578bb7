import { keep, newKey } from "../core/auth/index.ts";
import { register } from "../core/cluster/index.ts";
import { PACES, systemCaller, type World } from "../core/context.ts";
import { poll } from "../core/inventory/index.ts";
import { jsonLog } from "../core/lib/log.ts";
import { safeModeRow } from "../core/policy/index.ts";
import { caller } from "../test/kit/caller.ts";
import { virtualClock } from "../test/kit/clock.ts";
import { cloud } from "../test/kit/cloud.ts";
import { engine } from "../test/kit/engine.ts";
import { memoryStore } from "../test/kit/store.ts";
import { leanCluster, type Cluster } from "./scale-proxmox.ts";
import { diskRows } from "./scale-rows.ts";

/** How large the clusters of a large fleet are. */
export const GUESTS_EACH = 500;
const NODES_EACH = 10;

const settings: World["settings"] = {
  version: "bench",
  stage: "bench",
  pepper: "pepper",
  leaseSeconds: 90,
  ambiguousSeconds: 45,
  pollSeconds: [2, 5, 15, 60],
  patience: PACES.default,
  nodeCap: 4,
};

/** Moxxie with so many clusters; what AWS and Proxmox would keep is on disk or in numbers. */
export async function stageOf(count: number) {
  const clock = virtualClock();
  const clusters = new Map<string, Cluster>();
  for (let index = 0; index < count; index++)
    clusters.set(
      `c${index}`,
      leanCluster(clock, { nodes: NODES_EACH, guests: GUESTS_EACH, seed: index + 1 }),
    );
  const store = memoryStore(clock, diskRows());
  const { queues, schedules, queue, scheduler } = cloud(clock);
  const world: World = {
    clock,
    log: jsonLog(
      () => undefined,
      () => clock.now(),
    ),
    store,
    queue,
    scheduler,
    secrets: { read: async () => "root@pam!main=00000000-0000-4000-8000-000000000000" },
    dial: ({ cluster }) => {
      const transport = clusters.get(cluster)?.transport;
      if (!transport) throw new Error(`no cluster ${cluster}`);
      return transport;
    },
    sealing: { key: "a sealing key" },
    settings,
  };
  const admin = newKey();
  await keep(world, admin, { name: "admin", role: "admin" });
  await store.write([{ table: "State", put: safeModeRow({ mode: "permissive", ownerTag: "moxxie" }) }]);
  const context = { ...world, ...systemCaller("bench", "req_bench") };
  for (const id of clusters.keys()) {
    await register(context, { id, name: id, endpoints: [`https://${id}.test:8006`], fingerprints: [] });
    await clock.until(poll(world, id));
  }
  const machine = engine(world, { clock, queues, schedules, store });
  return { ...machine, ...caller(world, clock, admin), clock, clusters, store };
}
