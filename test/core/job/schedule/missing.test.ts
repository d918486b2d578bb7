import * as fc from "fast-check";
import { expect, test } from "vitest";
import { missingTimes, next } from "../../../../core/job/schedule/index.ts";

const NOW = new Date("2026-11-23T12:00:00Z");
const DAY = 86_400_000;
const found = (expression: string, timezone: string, after = NOW) =>
  missingTimes(expression, after, timezone).map(({ wall, instant }) => `${wall} ${instant.toISOString()}`);

test.each([
  ["cron(30 2 * * ? *)", "Europe/Berlin", ["2027-03-28T02:30 2027-03-28T01:30:00.000Z"]],
  ["cron(0 2 * * ? *)", "Europe/Berlin", ["2027-03-28T02:00 2027-03-28T01:00:00.000Z"]],
  ["cron(0 3 * * ? *)", "Europe/Berlin", []],
  ["cron(30 2 ? * MON-SAT *)", "Europe/Berlin", []],
  ["cron(30 2 28 3 ? 2028)", "Europe/Berlin", []],
  ["cron(30 * * * ? *)", "Europe/Berlin", []],
  ["cron(30 2,3 * * ? *)", "Europe/Berlin", []],
  ["cron(30 2 * * ? *)", "America/New_York", ["2027-03-14T02:30 2027-03-14T07:30:00.000Z"]],
  ["cron(15 2 * * ? *)", "Australia/Lord_Howe", ["2027-10-03T02:15 2027-10-02T15:45:00.000Z"]],
  ["cron(0 0 * * ? *)", "Asia/Beirut", ["2027-03-28T00:00 2027-03-27T22:00:00.000Z"]],
  ["cron(30 2 * * ? *)", "UTC", []],
  ["rate(1 day)", "Europe/Berlin", []],
])("E4: %s in %s misses %j", (expression, timezone, wanted) => {
  expect(found(expression, timezone)).toEqual(wanted);
});

test("E4: what is missed never fires, and is told before it comes only", () => {
  const zone = fc.constantFrom(
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
  );
  fc.assert(
    fc.property(zone, fc.nat(23), fc.nat(59), fc.nat(3000), (timezone, hour, minute, days) => {
      const expression = `cron(${minute} ${hour} * * ? *)`;
      const after = new Date(NOW.getTime() + days * DAY);
      for (const { instant } of missingTimes(expression, after, timezone)) {
        expect(instant.getTime()).toBeGreaterThan(after.getTime());
        const before = next(expression, new Date(instant.getTime() - DAY), timezone);
        expect(next(expression, new Date(instant.getTime() - 1), timezone)).not.toEqual(instant);
        expect(before?.getTime()).not.toBe(instant.getTime());
      }
    }),
    { numRuns: 60 },
  );
});
