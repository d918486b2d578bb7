import * as z from "zod";
import { PACES, type World } from "../../core/context.ts";
import { dynamoStore } from "../../core/db/dynamo.ts";
import { systemClock } from "../../core/lib/clock.ts";
import { jsonLog } from "../../core/lib/log.ts";
import { VERSION } from "../../core/version.ts";
import { environment, linked } from "./environment.ts";
import type { Provider } from "./provider.ts";

const Name = z.object({ name: z.string() });
const Value = z.object({ value: z.string() });

/** Stands in for what a function did not say it needs; using it is a mistake of ours, never of a caller. */
function absent(port: string): never {
  throw new Error(`this function has no ${port}: its route file does not name it under needs`);
}

const ABSENT = {
  store: {
    get: async () => absent("tables"),
    getMany: async () => absent("tables"),
    query: async () => absent("tables"),
    write: async () => absent("tables"),
  },
  queue: { send: async () => absent("queue"), ping: async () => absent("queue") },
  scheduler: {
    put: async () => absent("scheduler"),
    remove: async () => absent("scheduler"),
    has: async () => absent("scheduler"),
    ping: async () => absent("scheduler"),
  },
  secrets: { read: async () => absent("proxmox") },
  dial: () => absent("proxmox"),
  sealing: {
    get key() {
      return absent("sealing");
    },
  },
} satisfies Partial<World>;

const liveStore = () =>
  dynamoStore(
    {
      State: linked("State", Name).name,
      Runtime: linked("Runtime", Name).name,
      History: linked("History", Name).name,
      Audit: linked("Audit", Name).name,
    },
    systemClock,
  );

/** The world of a function that runs for real, on AWS or on a laptop. */
export function liveWorld(needs: readonly Provider[]): World {
  const given = environment();
  const provided = Object.assign({}, ...needs.map((need) => need.provide()));
  return {
    clock: systemClock,
    log: jsonLog(
      (line) => process.stdout.write(`${line}\n`),
      () => new Date(),
    ),
    ...ABSENT,
    ...(needs.some(({ name }) => name === "tables") ? { store: liveStore() } : {}),
    ...provided,
    settings: {
      version: VERSION,
      stage: linked("App", z.object({ stage: z.string() })).stage,
      // Read when it is used: workers have no pepper, and an empty one must never stand in for it.
      get pepper() {
        return linked("KeyPepper", Value).value;
      },
      leaseSeconds: given.MOXXIE_LEASE_SECONDS,
      ambiguousSeconds: given.MOXXIE_AMBIGUOUS_SECONDS,
      pollSeconds: given.MOXXIE_POLL_SECONDS,
      patience: PACES[given.MOXXIE_PACE],
      nodeCap: given.MOXXIE_NODE_CAP,
    },
  };
}
