import { expect, test } from "vitest";
import { runWorld } from "../../../bench/world-run.ts";

/** Worlds in which something was wrong once. */
const FOUND = [14619, 100019, 102900, 102925, 103552, 700013, 700776, 900903, 2001247, 4007546, 4017143];
const SEEDS = [...Array.from({ length: 60 }, (_, index) => index + 1), ...FOUND];

test.each(SEEDS)("world %i: nothing is lost, doubled or told wrongly", async (seed) => {
  const { violation, story } = await runWorld(seed);
  expect([violation, violation && story]).toEqual([undefined, undefined]);
});

test("a world can be lived again: the same seed brings the same faults, requests and ends", async () => {
  const [first, second] = [await runWorld(7), await runWorld(7)];
  expect(second).toEqual(first);
});
