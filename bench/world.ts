import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { report, say } from "./lib/figure.ts";
import { HAZARDS, type Hazards } from "./world-hazards.ts";
import { runWorld, type Outcome } from "./world-run.ts";

const GOAL = 20_000;
const EVERY_MS = 30_000;

/** The story of a world, one line for each thing that happened, and why it failed. */
function tell({ seed, hazards, story, violation }: Outcome): void {
  say(`\nnpm run bench -- world --seed ${seed} --with "${hazards.join()}"`);
  for (const { at, what } of story) say(`  ${(at / 1000).toFixed(1).padStart(7)} s  ${what}`);
  say(`  ${violation ?? "no violation"}`);
}

/** Sums of many worlds. */
function totals() {
  const sum = { worlds: 0, faults: 0, items: 0, requests: 0, violations: 0 };
  const add = (outcome: Outcome) => {
    sum.worlds += 1;
    sum.faults += outcome.faults;
    sum.items += outcome.items;
    sum.requests += outcome.requests;
    if (outcome.violation === undefined) return;
    sum.violations += 1;
    tell(outcome);
  };
  return { all: sum, add };
}

/** Runs so many worlds from a seed on, one at a time on each core. */
async function runAll(first: number, count: number, add: (outcome: Outcome) => void): Promise<void> {
  let next = first;
  const lane = async () => {
    const worker = new Worker(new URL("./world-worker.ts", import.meta.url));
    while (next < first + count) {
      const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
      worker.once("message", resolve).once("error", reject);
      worker.postMessage(next++, []);
      add(await promise.finally(() => worker.removeAllListeners("error")));
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
}

async function runMany(first: number, count: number): Promise<void> {
  const began = performance.now();
  const { all: sum, add } = totals();
  const seconds = () => (performance.now() - began) / 1000;
  const line = () =>
    say(
      `${sum.worlds} worlds in ${seconds().toFixed(0)} s, ${(sum.worlds / seconds()).toFixed(1)} seeds/s: ` +
        `${sum.faults} faults, ${sum.items} items, ${sum.requests} requests, ${sum.violations} violations`,
    );
  const timer = setInterval(line, EVERY_MS);
  await runAll(first, count, add).finally(() => clearInterval(timer));
  line();
  const goal = `0 of ${count} seeds`;
  report([{ id: "P14", value: sum.violations, unit: "violations", goal, ok: sum.violations === 0 }]);
}

/** The hazards that are named; undefined for those that the seed brings. */
function named(list: string | undefined): Hazards | undefined {
  if (list === undefined) return undefined;
  return new Set(HAZARDS.filter((hazard) => list.split(",").includes(hazard)));
}

/**
 * `--seeds N [--seed first]` runs many worlds; `--seed S` alone runs one and tells its story, with the hazards of
 * `--with skew,freezing` (none for an empty one) instead of its own.
 */
export async function run(args: readonly string[]): Promise<void> {
  const text = { type: "string" } as const;
  const options = { seeds: text, seed: text, with: text };
  const { seeds, seed, with: hazards } = parseArgs({ args: [...args], options }).values;
  if (seed === undefined || seeds !== undefined) return runMany(Number(seed ?? 1), Number(seeds ?? GOAL));
  const outcome = await runWorld(Number(seed), named(hazards));
  tell(outcome);
  if (outcome.violation !== undefined) process.exitCode = 1;
}
