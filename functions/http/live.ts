import * as z from "zod";
import type { World } from "../../core/context.ts";
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
  queue: { send: async () => absent("queue"), ping: async () => absent("queue") },
  scheduler: {
    put: async () => absent("scheduler"),
    remove: async () => absent("scheduler"),
    has: async () => absent("scheduler"),
    ping: async () => absent("scheduler"),
  },
  secrets: { read: async () => absent("proxmox") },
  dial: () => absent("proxmox"),
} satisfies Partial<World>;

function pepper(): string {
  try {
    return linked("KeyPepper", Value).value;
  } catch {
    return "";
  }
}

/** The world of a function that runs for real, on AWS or on a laptop. */
export function liveWorld(needs: readonly Provider[]): World {
  const { MOXXIE_STAGE, MOXXIE_LEASE_SECONDS, MOXXIE_POLL_SECONDS, MOXXIE_NODE_CAP } = environment();
  const tables = {
    State: linked("State", Name).name,
    Runtime: linked("Runtime", Name).name,
    History: linked("History", Name).name,
    Audit: linked("Audit", Name).name,
  };
  const provided = Object.assign({}, ...needs.map((need) => need.provide()));
  return {
    clock: systemClock,
    log: jsonLog(
      (line) => process.stdout.write(`${line}\n`),
      () => new Date(),
    ),
    store: dynamoStore(tables, systemClock),
    ...ABSENT,
    ...provided,
    settings: {
      version: VERSION,
      stage: MOXXIE_STAGE,
      pepper: pepper(),
      leaseSeconds: MOXXIE_LEASE_SECONDS,
      pollSeconds: MOXXIE_POLL_SECONDS,
      nodeCap: MOXXIE_NODE_CAP,
    },
  };
}
