import { keep, newKey, type RoleName } from "../../core/auth/index.ts";
import { register } from "../../core/cluster/index.ts";
import { PACES, systemCaller, type World } from "../../core/context.ts";
import { poll } from "../../core/inventory/index.ts";
import { jsonLog } from "../../core/lib/log.ts";
import { safeModeRow, type MODES } from "../../core/policy/index.ts";
import { createSimulator, type SimulatorOptions } from "../../local/proxmox/index.ts";
import { caller } from "./caller.ts";
import { virtualClock } from "./clock.ts";
import { cloud, type Delivery } from "./cloud.ts";
import { engine } from "./engine.ts";
import { lagging } from "./lagging.ts";
import { memoryStore } from "./store.ts";
import { simulatorTransport } from "./transport.ts";

interface LabOptions extends Omit<SimulatorOptions, "clock"> {
  readonly mode?: (typeof MODES)[number];
  /** How far eventual reads lag behind, in milliseconds. */
  readonly lag?: number;
  /** What becomes of firings on their way; each comes once and at once by default. */
  readonly deliver?: Delivery;
  /** Whether an eventual read lags; all do by default. */
  readonly strikes?: () => boolean;
}

/** A Moxxie of one's own: simulated Proxmox, in-process cloud, virtual time, an admin's key. Nothing is shared with another lab. */
export async function lab(options: LabOptions = {}) {
  const { mode = "permissive", lag, strikes, deliver, ...simulated } = options;
  const clock = virtualClock();
  const simulator = createSimulator({ clock, seed: 1, ...simulated });
  const store = memoryStore(clock);
  const { queues, schedules, queue, scheduler } = cloud(clock, deliver);
  const lines: string[] = [];
  const world: World = {
    clock,
    log: jsonLog(
      (line) => lines.push(line),
      () => clock.now(),
    ),
    store: lag === undefined ? store : lagging(store, clock, lag, strikes),
    queue,
    scheduler,
    secrets: { read: async () => simulator.token },
    dial: (target) => simulatorTransport(simulator, target),
    sealing: { key: "a sealing key of the tests, not the pepper" },
    settings: {
      version: "test",
      stage: "test",
      pepper: "pepper",
      leaseSeconds: 90,
      ambiguousSeconds: 45,
      pollSeconds: [2, 5, 15, 60],
      patience: PACES.default,
      nodeCap: 4,
    },
  };
  const addKey = async (role: RoleName) => {
    const key = newKey();
    await keep(world, key, { name: role, role });
    return key;
  };
  const admin = await addKey("admin");
  await register(
    { ...world, ...systemCaller("test", "req_test") },
    { id: "main", name: "test", endpoints: ["https://pve.test:8006"], fingerprints: [] },
  );
  await world.store.write([{ table: "State", put: safeModeRow({ mode, ownerTag: "moxxie" }) }]);
  await clock.until(poll(world, "main"));
  simulator.resetCounters();
  const machine = engine(world, { clock, queues, schedules, store });
  return {
    clock,
    simulator,
    store,
    queues,
    schedules,
    world,
    lines,
    admin,
    addKey,
    ...machine,
    ...caller(world, clock, admin),
  };
}

export type Lab = Awaited<ReturnType<typeof lab>>;
