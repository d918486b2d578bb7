import { expect, test } from "vitest";
import { LostRace } from "../../../core/db/index.ts";
import { bench } from "../../kit/bench.ts";
import type { Deed } from "../../kit/breaking.ts";
import { invariants } from "../../kit/invariants.ts";

const GUESTS = [101, 102, 104, 105, 107, 108, 109, 110];
const states = (items: readonly { state: string }[]) => [...new Set(items.map((item) => item.state))];

const every = (step: number, fits: (deed: Deed) => boolean) => {
  let seen = 0;
  return (deed: Deed) => fits(deed) && ++seen % step === 0;
};

test.each([3, 5, 7])(
  "F30: a table that refuses every write number %i for a while costs time, nothing else",
  async (step) => {
    const b = await bench();
    const id = await b.snapshots(GUESTS);
    const error = new Error("ProvisionedThroughputExceededException");
    const strikes = every(step, (deed) => deed.port === "write");
    b.broken.on(strikes, "before", { times: 60, error });
    await b.live(id, 180);
    expect(states(await invariants(b, id))).toEqual(["succeeded"]);
    expect(b.requests("POST", "/snapshot")).toBe(GUESTS.length);
  },
);

test.each([2, 3, 5, 7])(
  "F31: writes that worked although their answer was an error (every %ith) are not made twice",
  async (step) => {
    const b = await bench();
    const id = await b.snapshots(GUESTS);
    const strikes = every(step, (deed) => deed.port === "write");
    b.broken.on(strikes, "after", { times: 40, error: new Error("socket hang up") });
    await b.live(id, 180);
    expect(states(await invariants(b, id))).toEqual(["succeeded"]);
    expect(b.requests("POST", "/snapshot")).toBe(GUESTS.length);
  },
);

test.each([1, 2, 3, 5])(
  "F31: conditional updates that the SDK repeated after a lost answer (every %ith) look lost and are found again",
  async (step) => {
    const b = await bench();
    const id = await b.snapshots(GUESTS);
    const update = (deed: Deed) =>
      deed.port === "write" &&
      deed.changes.length === 1 &&
      deed.changes.some((change) => "update" in change && change.when?.equals !== undefined);
    b.broken.on(every(step, update), "after", { times: 30, error: new LostRace(0, undefined) });
    await b.live(id, 180);
    expect(states(await invariants(b, id))).toEqual(["succeeded"]);
  },
);
