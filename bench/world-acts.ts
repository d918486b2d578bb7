import * as MigrateManyRoute from "../functions/api/bulk/migrate.ts";
import * as SnapshotsRoute from "../functions/api/bulk/snapshots.ts";
import * as CreateRoute from "../functions/api/jobs/create.ts";
import * as RunRoute from "../functions/api/jobs/run.ts";
import * as CancelRoute from "../functions/api/operations/cancel.ts";
import * as RetryRoute from "../functions/api/operations/retry.ts";
import * as CloneRoute from "../functions/api/vms/clone.ts";
import * as MigrateRoute from "../functions/api/vms/migrate/post.ts";
import * as StartRoute from "../functions/api/vms/start.ts";
import * as StopRoute from "../functions/api/vms/stop.ts";
import type { Dice } from "./lib/dice.ts";
import { insist } from "./world-insist.ts";
import type { Stage } from "./world-stage.ts";

/** Limits as callers give them. */
function pace(dice: Dice): Record<string, unknown> {
  return {
    ...(dice.chance(0.3) ? { maxConcurrency: dice.one([1, 2, 3, "50%"]) } : {}),
    ...(dice.chance(0.2) ? { maxErrors: dice.one([0, 1, 2]) } : {}),
  };
}

const waits = (dice: Dice) => ({
  ...(dice.chance(0.3) ? { lockWait: dice.one(["0s", "2m", "10m", "1h"]) } : {}),
  ...(dice.chance(0.3) ? { deadline: dice.one(["3m", "10m", "30m"]) } : {}),
});

const guestsOf = (stage: Stage) => Object.values(stage.simulator.state.guests).map(({ vmid }) => vmid);
const chosen = (stage: Stage, dice: Dice) =>
  dice.some(guestsOf(stage), dice.chance(0.3) ? 200 : dice.between(1, 6)).toSorted((a, b) => a - b);

type Act = (stage: Stage, dice: Dice, n: number) => Promise<string | undefined>;

const snapshots: Act = async (stage, dice, n) => {
  const select = { vmids: chosen(stage, dice), templates: true };
  const more = { ...pace(dice), ...waits(dice), ...(dice.chance(0.3) ? { ttl: "5m" } : {}) };
  stage.tell(`snapshots of ${select.vmids.length}: ${select.vmids.join(" ")} ${JSON.stringify(more)}`);
  return insist(stage, SnapshotsRoute, { body: { select, name: `s${n}-{vmid}`, ...more } });
};

const power: Act = async (stage, dice) => {
  const [vmid] = dice.some(guestsOf(stage), 1);
  const [word, route] = dice.one([["start", StartRoute] as const, ["stop", StopRoute] as const]);
  const body = { ...waits(dice), override: dice.chance(0.5) };
  stage.tell(`${word} ${vmid} ${JSON.stringify(body)}`);
  return insist(stage, route, { path: { cluster: "main", vmid: vmid ?? 0 }, body });
};

const powerJob: Act = async (stage, dice, n) => {
  const select = { vmids: chosen(stage, dice) };
  const params = { action: dice.one(["start", "stop"]) };
  const schedule = { schedule: "30 2 * * *", timezone: "UTC", enabled: false };
  stage.tell(`job to ${params.action} ${select.vmids.join(" ")}`);
  const body = { name: `job ${n}`, kind: "power", select, params, ...schedule, ...pace(dice) };
  const job = await insist(stage, CreateRoute, { body });
  return job === undefined ? undefined : insist(stage, RunRoute, { path: { job } });
};

const clone: Act = async (stage, dice) => {
  const guests = Object.values(stage.simulator.state.guests);
  const templates = guests.filter((guest) => guest.config["template"] === "1");
  const source = templates.length > 0 && dice.chance(0.7) ? dice.one(templates) : dice.one(guests);
  const full = source.config["template"] !== "1" || dice.chance(0.5);
  const body = { full, ...(dice.chance(0.3) ? { newVmid: dice.between(5000, 5002) } : {}), ...waits(dice) };
  stage.tell(`clone ${source.vmid} ${JSON.stringify(body)}`);
  return insist(stage, CloneRoute, { path: { cluster: "main", vmid: source.vmid }, body });
};

const targetOf = (stage: Stage, dice: Dice) =>
  dice.chance(0.6) ? { target: dice.one(Object.keys(stage.simulator.state.nodes)) } : {};

const migrate: Act = async (stage, dice) => {
  const [vmid] = dice.some(guestsOf(stage), 1);
  const body = {
    ...targetOf(stage, dice),
    restart: dice.chance(0.7),
    override: dice.chance(0.7),
    ...waits(dice),
  };
  stage.tell(`migrate ${vmid} ${JSON.stringify(body)}`);
  return insist(stage, MigrateRoute, { path: { cluster: "main", vmid: vmid ?? 0 }, body });
};

const migrateMany: Act = async (stage, dice) => {
  const select = { vmids: chosen(stage, dice), templates: true };
  const more = { ...targetOf(stage, dice), restart: dice.chance(0.7), ...pace(dice), ...waits(dice) };
  stage.tell(`migrate ${select.vmids.length}: ${select.vmids.join(" ")} ${JSON.stringify(more)}`);
  return insist(stage, MigrateManyRoute, { body: { select, ...more } });
};

const OFTEN: readonly Act[] = [snapshots, snapshots, snapshots, power, power];
const ACTS: readonly Act[] = [...OFTEN, powerJob, clone, clone, migrate, migrateMany];

/** Asks Moxxie for something; the id of the operation, if it was accepted. */
export const act: Act = async (stage, dice, n) => {
  if (guestsOf(stage).length === 0) return undefined;
  return dice.one(ACTS)(stage, dice, n);
};

/** Cancels an operation, or does again what failed of one; the id of the new operation, if there is one. */
export async function amend(stage: Stage, dice: Dice, operation: string): Promise<string | undefined> {
  const path = { operation };
  if (dice.chance(0.4)) {
    const states = dice.chance(0.5) ? { states: ["failed", "unknown", "cancelled"] } : {};
    stage.tell(`retry ${operation} ${JSON.stringify(states)}`);
    return insist(stage, RetryRoute, { path, body: states });
  }
  const body = dice.chance(0.5) ? { running: "stop" } : {};
  stage.tell(`cancel ${operation} ${JSON.stringify(body)}`);
  await insist(stage, CancelRoute, { path, body });
  return undefined;
}
