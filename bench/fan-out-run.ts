import { PACES, type Patience } from "../core/context.ts";
import type { ItemRow } from "../core/operation/item.ts";
import { diceOf } from "./lib/dice.ts";
import { withDice } from "./lib/randomness.ts";
import { model, type Model } from "./model.ts";

/** One operation on every guest of a fleet, from the call to the end, and what it cost. */
export interface Run {
  readonly guests: number;
  readonly minutes: number;
  readonly requests: number;
  /** Bytes of the answers of Proxmox. */
  readonly bytes: number;
  readonly calls: Readonly<Record<string, number>>;
  readonly units: { readonly read: number; readonly write: number };
  readonly messages: Readonly<Record<string, number>>;
  /** The most that ran at once on one node: tasks, and calls that begin one. */
  readonly mostTasks: number;
  readonly mostCalls: number;
  /** Seconds from the end of a task to the end of its item, in order; up to 1 s too long, for Proxmox tells whole seconds. */
  readonly lags: readonly number[];
}

export interface RunWish {
  readonly nodes: number;
  readonly guests: number;
  readonly pace: keyof typeof PACES | Patience;
}

const SEED = 1;

function lagOf(stage: Model, { upid, finishedAt }: ItemRow): number {
  const ended = stage.simulator.state.tasks[upid ?? ""]?.endtime;
  if (ended === undefined || finishedAt === null) throw new Error(`no end is known of ${upid}`);
  return (Date.parse(finishedAt) - ended * 1000) / 1000;
}

async function measure(stage: Model): Promise<Run> {
  const { clock, simulator, store } = stage;
  const start = clock.now().getTime();
  store.units.reset();
  const { id } = await stage.snapshots("moxxie AND (env-prod OR env-dev)");
  await stage.settle(id, 600);
  const minutes = (clock.now().getTime() - start) / 60_000;
  const { read, write } = store.units;
  const items = await stage.items(id);
  const failed = items.find(({ state }) => state !== "succeeded");
  if (failed) throw new Error(`${failed.vm.id} ${failed.state}: ${failed.reason}`);
  const { calls, total, peak } = simulator.counters();
  return {
    guests: items.length,
    minutes,
    requests: total.requests,
    bytes: total.sent,
    calls: Object.fromEntries(Object.entries(calls).map(([name, { requests }]) => [name, requests])),
    units: { read, write },
    messages: { ...stage.messages },
    mostTasks: Math.max(...Object.values(peak)),
    mostCalls: stage.mostWrites(),
    lags: items.map((item) => lagOf(stage, item)).toSorted((a, b) => a - b),
  };
}

/** Snapshots a whole fleet at a pace; the same figures every time. */
export const runAt = ({ pace, ...fleet }: RunWish): Promise<Run> =>
  withDice(diceOf(SEED), async () =>
    measure(await model({ ...fleet, seed: SEED, patience: typeof pace === "string" ? PACES[pace] : pace })),
  );
