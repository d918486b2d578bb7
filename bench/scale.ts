import { fork } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import * as SnapshotsRoute from "../functions/api/bulk/snapshots.ts";
import { Operation } from "../test/kit/shape.ts";
import { diceOf } from "./lib/dice.ts";
import { report, say } from "./lib/figure.ts";
import { withDice } from "./lib/randomness.ts";
import { SMALL } from "./lib/small.ts";
import { atMost } from "./fan-out-report.ts";
import { GUESTS_EACH, stageOf } from "./scale-stage.ts";

/** Clusters that one call is about: 10 000 guests, as many as a selector may name one by one. */
const CLUSTERS_A_CALL = 20;
const HOUR = 3_600_000;
const MEGABYTE = 1024 ** 2;
/** Virtual time between two looks at memory and operations. */
const EVERY_MS = 100;

const peak = { rss: 0 };
const sample = () => {
  peak.rss = Math.max(peak.rss, process.memoryUsage.rss() / MEGABYTE);
};

type Stage = Awaited<ReturnType<typeof stageOf>>;

/** Calls for a snapshot of every guest, some clusters at a time. */
async function callAll({ call, clusters }: Stage): Promise<string[]> {
  const names = [...clusters.keys()];
  const operations: string[] = [];
  for (let start = 0; start < names.length; start += CLUSTERS_A_CALL) {
    const select = { clusters: names.slice(start, start + CLUSTERS_A_CALL), tags: "env-prod AND moxxie" };
    const answer = await call(SnapshotsRoute, { body: { select } });
    if (answer.status !== 202) throw new Error(`refused: ${answer.body}`);
    operations.push(Operation.parse(answer.json).id);
    sample();
  }
  return operations;
}

/** Whether all is over; what is asked at every step has to be cheap. */
function endOf({ store, clock }: Stage, operations: readonly string[]) {
  let next = 0;
  const isOpen = (id: string) =>
    store.peek("History", { pk: `op#${id}`, sk: "operation" })?.["state"] === "open";
  return async () => {
    const now = clock.now().getTime();
    if (now < next) return false;
    next = now + EVERY_MS;
    sample();
    return !operations.some(isOpen);
  };
}

/** What is not as it should be once all is over. */
function violations({ clusters, store }: Stage, operations: readonly string[]): number {
  const wrong = [...clusters.values()].map(
    ({ snapshots, peak: most }) => snapshots.filter((count) => count !== 1).length + (most() > 4 ? 1 : 0),
  );
  const unfinished = operations.filter(
    (id) => store.peek("History", { pk: `op#${id}`, sk: "operation" })?.["state"] !== "succeeded",
  );
  return wrong.reduce((sum, one) => sum + one, unfinished.length);
}

/** When the last of them ended, in milliseconds of the epoch. */
const lastEnd = ({ store }: Stage, operations: readonly string[]): number =>
  Math.max(
    ...operations.map((id) =>
      Date.parse(String(store.peek("History", { pk: `op#${id}`, sk: "operation" })?.["finishedAt"])),
    ),
  );

async function play(guests: number): Promise<void> {
  const stage = await stageOf(Math.ceil(guests / GUESTS_EACH));
  sample();
  const began = { cpu: process.cpuUsage(), at: stage.clock.now().getTime() };
  stage.store.units.reset();
  const operations = await callAll(stage);
  await stage.run(HOUR, endOf(stage, operations));
  const { user, system } = process.cpuUsage(began.cpu);
  const all = stage.clusters.size * GUESTS_EACH;
  const requests = [...stage.clusters.values()].reduce((sum, one) => sum + one.requests(), 0);
  const { read, write } = stage.store.units;
  const minutes = (lastEnd(stage, operations) - began.at) / 60_000;
  say(
    `${all} guests in ${operations.length} operations: ${minutes.toFixed(1)} virtual minutes, ${((user + system) / 1e6).toFixed(0)} s of CPU, ` +
      `${(requests / all).toFixed(2)} requests, ${(write / all).toFixed(1)} write and ${(read / all).toFixed(1)} read units a guest`,
  );
  report([
    atMost("P15", peak.rss, 256, `MB of memory at most, ${all} guests planned and dispatched`),
    atMost(
      "P15",
      violations(stage, operations),
      0,
      "violations: not one snapshot each, a cap exceeded, or not succeeded",
    ),
  ]);
}

/** A very large fleet in virtual time: plans, dispatches and follows it to the end in one process, with the heap of a small function. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { vms: { type: "string", default: "100000" } } });
  if (SMALL.flags.every((flag) => process.execArgv.includes(flag)))
    return withDice(diceOf(1), () => play(Number(values.vms)));
  const [, main = ""] = process.argv;
  const child = fork(main, ["scale", ...args], {
    execArgv: [...process.execArgv, ...SMALL.flags],
    env: { ...process.env, ...SMALL.environment },
  });
  const [code] = await once(child, "exit");
  process.exitCode = code === 0 ? 0 : 1;
}
