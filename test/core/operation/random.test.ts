import { expect, test } from "vitest";
import { hazardsOf, type Hazard } from "../../../bench/world-hazards.ts";
import { runWorld } from "../../../bench/world-run.ts";

/** Worlds in which something was wrong once, with the hazards that they had. */
const FOUND: readonly (readonly [number, readonly Hazard[]])[] = [
  ...[14619, 100019, 102900, 102925, 103552, 700013, 700776, 900903, 2001247, 4007546, 4017143].map(
    (seed) => [seed, []] as const,
  ),
  [268, ["skew", "freezing"]],
  [20011, ["skew", "firing"]],
  [10228, ["freezing", "restoring"]],
  [10835, ["skew", "freezing", "restoring"]],
  [11037, ["skew", "firing", "restoring"]],
  [11299, ["restoring"]],
  [1400, ["skew", "freezing", "throttling"]],
];
const SEEDS = Array.from({ length: 60 }, (_, index) => [index + 1, [...hazardsOf(index + 1)]] as const);

test.each([...SEEDS, ...FOUND])(
  "world %i (%j): nothing is lost, doubled or told wrongly",
  async (seed, hazards) => {
    const { violation, story } = await runWorld(seed, new Set(hazards));
    expect([violation, violation && story]).toEqual([undefined, undefined]);
  },
);

test("a world can be lived again: the same seed brings the same faults, requests and ends", async () => {
  const [first, second] = [await runWorld(7), await runWorld(7)];
  expect(second).toEqual(first);
});
