import { PACES, type Context, type World } from "../../core/context.ts";
import { jsonLog } from "../../core/lib/log.ts";
import { virtualClock } from "../kit/clock.ts";
import { memoryStore } from "../kit/store.ts";

const nowhere = async (): Promise<never> => {
  throw new Error("this test has no such thing");
};

/** A world with a clock, a store and a log of its own, and nothing else. */
export function smallWorld(clock = virtualClock(), store = memoryStore(clock)) {
  const lines: string[] = [];
  const world: World = {
    clock,
    store,
    log: jsonLog(
      (line) => lines.push(line),
      () => clock.now(),
    ),
    queue: { send: nowhere, ping: nowhere },
    scheduler: { put: nowhere, remove: nowhere, has: nowhere, ping: nowhere },
    secrets: { read: nowhere },
    dial: () => nowhere,
    sealing: { key: "a sealing key" },
    settings: {
      version: "test",
      stage: "test",
      pepper: "pepper",
      leaseSeconds: 90,
      pollSeconds: [2],
      patience: PACES.default,
      nodeCap: 4,
      ambiguousSeconds: 45,
    },
  };
  const ctx: Context = {
    ...world,
    actor: { id: "key/test", name: "test", role: "admin", may: ["*"] },
    requestId: "req_test",
    source: "192.0.2.7",
    dryRun: false,
  };
  return { clock, store, lines, world, ctx };
}
