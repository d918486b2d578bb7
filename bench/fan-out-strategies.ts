import { shown, table } from "./fan-out-report.ts";
import { runAt, type RunWish } from "./fan-out-run.ts";

/** Guests for each strategy: few enough to play them all, so the last tasks of each node weigh more than in P3. */
export const STRATEGIES = 1200;

const NODE_CAP = 4;

/** A watcher that looks at its node after a fixed time, whatever is due. */
const tick = (seconds: number) => ({ idleSeconds: 0, leastSeconds: seconds, wide: false });

const PACES: readonly (readonly [string, RunWish["pace"]])[] = [
  ["when tasks are due, whole cluster (default)", "default"],
  ["when tasks are due, node by node (thrifty)", "thrifty"],
  ["every 1 s, node by node", tick(1)],
  ["every 2 s, node by node", tick(2)],
  ["every 5 s, node by node", tick(5)],
];

/** The same fleet by each strategy; `mean` is that of a task, in seconds. */
export async function runStrategies(nodes: number, mean: number): Promise<string> {
  const ceiling = (60 * nodes * NODE_CAP) / mean;
  const rows: string[][] = [];
  for (const [name, pace] of PACES) {
    const run = await runAt({ nodes, guests: STRATEGIES, pace });
    const rate = run.guests / run.minutes;
    rows.push([
      name,
      shown(rate, 0),
      shown((100 * rate) / ceiling, 0),
      shown(run.requests / run.guests),
      shown(run.units.write / run.guests, 1),
    ]);
  }
  return table([["looks", "guests/min", "% of ceiling", "requests/guest", "write units/guest"], ...rows]);
}
