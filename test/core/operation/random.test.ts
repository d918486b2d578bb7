import { expect, test } from "vitest";
import { hazardsOf, type Hazard } from "../../../bench/world-hazards.ts";
import { PLANTS } from "../../../bench/world-plants.ts";
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
  [30112, ["throttling", "restoring"]],
  [236, ["retagging"]],
  [50331, ["retagging"]],
  [2075, ["freezing", "throttling", "firing", "restoring"]],
  [5222, ["skew", "freezing", "firing"]],
  [5341, ["skew", "restoring"]],
  [6062, ["freezing", "restoring"]],
  [10812, ["freezing", "retagging"]],
  [2596, ["retagging"]],
  [17916, [...hazardsOf(17_916)]],
];
const SEEDS = Array.from({ length: 60 }, (_, index) => [index + 1, [...hazardsOf(index + 1)]] as const);

test.each([...SEEDS, ...FOUND])(
  "world %i (%j): nothing is lost, doubled or told wrongly",
  async (seed, hazards) => {
    const { violation, story } = await runWorld(seed, new Set(hazards));
    expect([violation, violation && story]).toEqual([undefined, undefined]);
  },
);

test.each(PLANTS)("$breaks can fail: with $by some world shows it", async ({ breaks, plant, hazards }) => {
  const shows = async (seed: number) => {
    const { violation } = await runWorld(seed, new Set(hazards), plant);
    return violation?.startsWith(breaks) === true;
  };
  let shown = 0;
  for (let seed = 1; seed <= 20 && shown === 0; seed++) if (await shows(seed)) shown = seed;
  expect(shown).toBeGreaterThan(0);
});

test("a world can be lived again: the same seed brings the same faults, requests and ends", async () => {
  const [first, second] = [await runWorld(7), await runWorld(7)];
  expect(second).toEqual(first);
});
