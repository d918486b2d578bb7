import { expect, test } from "vitest";
import type { Store } from "../../../core/db/index.ts";
import { bench, type Bench } from "../../kit/bench.ts";
import { invariants } from "../../kit/invariants.ts";

const GUESTS = [101, 102, 104, 105, 107, 108, 109, 110];
const states = (items: readonly { state: string }[]) => [...new Set(items.map((item) => item.state))];

/** Numbers from 0 to 1, the same for the same seed. */
function dice(seed: number) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Makes the tables of the workers refuse each read and write by chance, for so long; counts what was refused. */
function throttled(b: Bench, { share, seed, until }: { share: number; seed: number; until: number }) {
  const roll = dice(seed);
  const refused = { reads: 0, writes: 0 };
  const { store } = b.broken.world;
  const own = { ...store };
  const meet = async <T>(kind: keyof typeof refused, act: () => Promise<T>): Promise<T> => {
    if (b.clock.now().getTime() >= until || roll() >= share) return act();
    refused[kind] += 1;
    throw new Error("ThrottlingException: throughput exceeds the current capacity of your table");
  };
  const harsh: Store = {
    get: (table, key, how) => meet("reads", () => own.get(table, key, how)),
    getMany: (table, keys, how) => meet("reads", () => own.getMany(table, keys, how)),
    query: (query) => meet("reads", () => own.query(query)),
    write: (changes) => meet("writes", () => own.write(changes)),
  };
  Object.assign(store, harsh);
  return refused;
}

test.each([
  [0.03, 1],
  [0.03, 2],
  [0.3, 3],
  [0.3, 4],
  [0.3, 6],
])(
  "F30: tables that refuse a share of %d of all reads and writes for an hour (seed %i) cost time only",
  async (share, seed) => {
    const b = await bench();
    const id = await b.snapshots(GUESTS);
    const refused = throttled(b, { share, seed, until: b.clock.now().getTime() + 3_600_000 });
    await b.live(id, 180);
    expect(states(await invariants(b, id))).toEqual(["succeeded"]);
    expect(b.requests("POST", "/snapshot")).toBe(GUESTS.length);
    expect(Math.min(refused.reads, refused.writes)).toBeGreaterThan(0);
    expect(b.simulator.counters().total.requests).toBeLessThan(GUESTS.length * 20);
  },
);
