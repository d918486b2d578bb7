import { expect, test } from "vitest";
import { ageMs, isStale } from "../../../core/inventory/age.ts";

const now = new Date("2026-11-23T12:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();

test("A1: three minutes are not too old to decide by, one second more is", () => {
  expect([isStale(ago(180), now), isStale(ago(181), now)]).toEqual([false, true]);
});

test("F41: what a clock that was ahead has dated is of no known age, but for the few seconds that clocks differ by", () => {
  expect([ageMs(ago(-5), now), ageMs(ago(-6), now)]).toEqual([0, Infinity]);
});
