import * as fc from "fast-check";
import { expect, test } from "vitest";
import { next, normalise, ScheduleError } from "../../../core/job/schedule/index.ts";
import { nextFiring } from "../../../local/aws/next-firing.ts";

const DAYS = "SUN MON TUE WED THU FRI SAT".split(" ");

function field(min: number, max: number) {
  const value = fc.integer({ min, max });
  const range = fc.tuple(value, value).map(([from, to]) => `${from}-${to}`);
  const step = fc
    .tuple(value, fc.integer({ min: 1, max: Math.min(9, max) }))
    .map(([from, by]) => `${from}/${by}`);
  const part = fc.oneof(value.map(String), range, step);
  const list = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(","));
  return fc.oneof(fc.constant("*"), list);
}

const date = fc.oneof(
  field(1, 31),
  fc.constantFrom("L", "LW"),
  fc.integer({ min: 1, max: 31 }).map((day) => `${day}W`),
);
const weekday = fc.oneof(
  field(1, 7),
  fc.constantFrom(...DAYS, "MON-FRI", "FRI-MON", "L"),
  fc
    .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 5 }))
    .map(([day, nth]) => `${day}#${nth}`),
  fc.integer({ min: 1, max: 7 }).map((day) => `${day}L`),
);
const days = fc.oneof(
  date.map((text) => [text, "?"]),
  weekday.map((text) => ["?", text]),
);
const cron = fc
  .tuple(field(0, 59), field(0, 23), days, field(1, 12))
  .map(([minutes, hours, [day, week], month]) => `cron(${minutes} ${hours} ${day} ${month} ${week} *)`);
const zone = fc.constantFrom(
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
  "America/Santiago",
);
/** Anywhere, and often around a change of the clocks. */
const instant = fc.oneof(
  fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2040, 0) }),
  fc
    .tuple(
      fc.constantFrom("2027-03-28", "2027-10-31", "2027-03-14", "2027-11-07", "2027-04-04", "2027-10-03"),
      fc.nat(48 * 60),
    )
    .map(([day, minutes]) => Date.parse(`${day}T00:00Z`) + (minutes - 24 * 60) * 60_000),
);

test("E5: the product and the stand-in of AWS, which read expressions and zones each for itself, fire at the same moments", () => {
  fc.assert(
    fc.property(cron, zone, instant, (expression, timezone, after) => {
      const found = nextFiring(expression, after, timezone, after);
      expect(next(expression, new Date(after), timezone)?.getTime()).toBe(found);
    }),
    { numRuns: 400 },
  );
});

test("E5: they agree around every change of the clocks: what is skipped does not fire, what comes twice fires once", () => {
  const times = fc.tuple(
    fc.constantFrom("0", "15", "30", "45", "*/20"),
    fc.constantFrom("0", "1", "2", "3", "*"),
  );
  fc.assert(
    fc.property(times, zone, instant, ([minute, hour], timezone, after) => {
      const expression = `cron(${minute} ${hour} * * ? *)`;
      const found = nextFiring(expression, after, timezone, after);
      expect(next(expression, new Date(after), timezone)?.getTime()).toBe(found);
    }),
    { numRuns: 2_000 },
  );
});

test("E5: they agree on single times and rates", () => {
  const minutes = fc.integer({ min: 0, max: 3 * 366 * 24 * 60 });
  fc.assert(
    fc.property(minutes, zone, instant, fc.integer({ min: 1, max: 99 }), (minute, timezone, after, count) => {
      const wall = new Date(Date.UTC(2026, 0) + minute * 60_000).toISOString().slice(0, 19);
      for (const expression of [`at(${wall})`, `rate(${count} hours)`]) {
        const anchor = Date.UTC(2027, 0);
        const found = nextFiring(expression, after, timezone, anchor);
        expect(next(expression, new Date(after), timezone, new Date(anchor))?.getTime()).toBe(found);
      }
    }),
    { numRuns: 200 },
  );
});

test.each([
  ["cron(60 2 * * ? *)", "UTC"],
  ["cron(0 2 * * * *)", "UTC"],
  ["cron(0 2 ? * ? *)", "UTC"],
  ["cron(0 2 32 * ? *)", "UTC"],
  ["cron(0 2 ? * 2#6 *)", "UTC"],
  ["cron(0 2 ? * 8 *)", "UTC"],
  ["cron(0 2 * *)", "UTC"],
  ["cron(*/0 2 * * ? *)", "UTC"],
  ["cron(0/90 2 * * ? *)", "UTC"],
  ["cron(0 0/36 * * ? *)", "UTC"],
  ["cron(0 2 1/45 * ? *)", "UTC"],
  ["rate(0 minutes)", "UTC"],
  ["at(2027-02-30T03:00:00)", "UTC"],
  ["every(1 day)", "UTC"],
  ["rate(1 day)", "Mars/Olympus"],
  ["rate(1 day)", "europe/berlin"],
  ["rate(1 day)", "PST"],
  ["rate(1 day)", "SystemV/EST5"],
])("E3, E5, D8: both refuse %s in %s", (expression, timezone) => {
  expect(() => nextFiring(expression, 0, timezone, 0)).toThrow(RangeError);
  expect(() => normalise(expression, timezone)).toThrow(ScheduleError);
});
