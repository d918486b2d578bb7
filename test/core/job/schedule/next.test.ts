import { Cron } from "croner";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { next, upcoming } from "../../../../core/job/schedule/index.ts";

const MONDAY = "2026-11-23T00:00Z";

const minute = (date: Date | undefined) => date?.toISOString().replace(":00.000Z", "Z");

// Expression, timezone, after, expected. 23 November 2026 is a Monday.
test.each([
  ["cron(0 3 ? * MON-FRI *)", "Europe/Berlin", MONDAY, "2026-11-23T02:00Z"],
  ["cron(0 10 ? * 2-6 *)", "UTC", "2026-11-27T11:00Z", "2026-11-30T10:00Z"],
  ["cron(0 22 ? * FRI-MON *)", "UTC", "2026-11-24T00:00Z", "2026-11-27T22:00Z"],
  ["cron(0 0 L * ? *)", "UTC", MONDAY, "2026-11-30T00:00Z"],
  ["cron(0 0 L 2 ? *)", "UTC", "2028-01-01T00:00Z", "2028-02-29T00:00Z"],
  ["cron(0 12 ? * 6L *)", "UTC", MONDAY, "2026-11-27T12:00Z"],
  ["cron(0 12 ? * FRIL *)", "UTC", MONDAY, "2026-11-27T12:00Z"],
  ["cron(0 12 ? * L *)", "UTC", MONDAY, "2026-11-28T12:00Z"],
  ["cron(0 9 3W * ? *)", "UTC", "2027-01-01T00:00Z", "2027-01-04T09:00Z"],
  ["cron(0 9 1W * ? *)", "UTC", "2027-04-30T23:00Z", "2027-05-03T09:00Z"],
  ["cron(0 9 LW * ? *)", "UTC", "2027-01-02T00:00Z", "2027-01-29T09:00Z"],
  ["cron(0 9 31W * ? *)", "UTC", "2027-02-01T00:00Z", "2027-03-31T09:00Z"],
  ["cron(0 18 ? * 3#2 *)", "UTC", MONDAY, "2026-12-08T18:00Z"],
  ["cron(0 18 ? * TUE#5 *)", "UTC", MONDAY, "2026-12-29T18:00Z"],
  ["cron(15 12 * * ? 2027)", "UTC", MONDAY, "2027-01-01T12:15Z"],
  ["cron(15 12 * * ? 2028-2030/2)", "UTC", MONDAY, "2028-01-01T12:15Z"],
  ["cron(0 8 1 * ? 2025)", "UTC", MONDAY, undefined],
  ["cron(0/15 8-17 ? * MON-FRI *)", "UTC", "2026-11-23T17:45Z", "2026-11-24T08:00Z"],
  ["cron(5/20 * * * ? *)", "UTC", "2026-11-23T00:06Z", "2026-11-23T00:25Z"],
  ["cron(*/7 * * * ? *)", "UTC", "2026-11-23T00:56Z", "2026-11-23T01:00Z"],
  ["cron(0 0 29 2 ? *)", "UTC", MONDAY, "2028-02-29T00:00Z"],
  ["cron(0 0 29 2 ? *)", "UTC", "2096-03-01T00:00Z", "2104-02-29T00:00Z"],
  ["cron(0 0 31 * ? *)", "UTC", MONDAY, "2026-12-31T00:00Z"],
  ["cron(0 6 ? JAN,JUL 1,7 *)", "UTC", MONDAY, "2027-01-02T06:00Z"],
  ["cron(0 0 * * ? *)", "America/Sao_Paulo", MONDAY, "2026-11-23T03:00Z"],
  ["cron(0 5 * * ? *)", "Asia/Kolkata", MONDAY, "2026-11-23T23:30Z"],
  ["cron(0 0 1 1 ? *)", "Pacific/Kiritimati", MONDAY, "2026-12-31T10:00Z"],
  ["at(2027-01-31T03:00:00)", "America/New_York", MONDAY, "2027-01-31T08:00Z"],
  ["at(2026-11-22T03:00:00)", "UTC", MONDAY, undefined],
  ["rate(90 minutes)", "Europe/Berlin", MONDAY, "2026-11-23T01:30Z"],
])("%s in %s after %s fires at %s", (expression, timezone, after, expected) => {
  expect(minute(next(expression, new Date(after), timezone))).toBe(expected);
});

test("a wall time in the spring gap is skipped for that day", () => {
  const berlin = upcoming("cron(30 2 * * ? *)", { after: new Date("2027-03-26T12:00Z") }, "Europe/Berlin", 3);
  expect(berlin.map(minute)).toEqual(["2027-03-27T01:30Z", "2027-03-29T00:30Z", "2027-03-30T00:30Z"]);
  const newYork = upcoming(
    "cron(30 2 * * ? *)",
    { after: new Date("2027-03-13T12:00Z") },
    "America/New_York",
    2,
  );
  expect(newYork.map(minute)).toEqual(["2027-03-15T06:30Z", "2027-03-16T06:30Z"]);
  expect(next("at(2027-03-28T02:30:00)", new Date(MONDAY), "Europe/Berlin")).toBeUndefined();
});

test("a wall time in the autumn overlap fires once, the first time", () => {
  const berlin = upcoming("cron(30 2 * * ? *)", { after: new Date("2027-10-30T12:00Z") }, "Europe/Berlin", 2);
  expect(berlin.map(minute)).toEqual(["2027-10-31T00:30Z", "2027-11-01T01:30Z"]);
  const newYork = upcoming(
    "cron(30 1 * * ? *)",
    { after: new Date("2027-11-06T12:00Z") },
    "America/New_York",
    2,
  );
  expect(newYork.map(minute)).toEqual(["2027-11-07T05:30Z", "2027-11-08T06:30Z"]);
});

test("in the second round of the overlap nothing fires again, and the hour after it does", () => {
  const after = new Date("2027-10-31T01:10Z");
  expect(minute(next("cron(0/20 * * * ? *)", after, "Europe/Berlin"))).toBe("2027-10-31T02:00Z");
});

test("times before the gap and after it are an hour less apart, and a rate does not notice", () => {
  const night = upcoming("cron(0 1,3 * * ? *)", { after: new Date("2027-03-27T23:00Z") }, "Europe/Berlin", 2);
  expect(night.map(minute)).toEqual(["2027-03-28T00:00Z", "2027-03-28T01:00Z"]);
  const daily = upcoming("rate(1 day)", { after: new Date("2027-03-27T12:00Z") }, "Europe/Berlin", 2);
  expect(daily.map(minute)).toEqual(["2027-03-28T12:00Z", "2027-03-29T12:00Z"]);
});

test("a rate counts from its anchor, and fires on the anchor itself", () => {
  const anchor = new Date("2026-11-23T00:10Z");
  expect(next("rate(1 hour)", new Date(MONDAY), "UTC", anchor)).toEqual(anchor);
  expect(minute(next("rate(1 hour)", anchor, "UTC", anchor))).toBe("2026-11-23T01:10Z");
  expect(minute(next("rate(1 hour)", new Date("2026-11-24T05:30Z"), "UTC", anchor))).toBe(
    "2026-11-24T06:10Z",
  );
});

test("firings every minute in a zone with summer time are cheap to list", () => {
  const day = upcoming("cron(* * * * ? *)", { after: new Date("2027-03-28T00:30Z") }, "Europe/Berlin", 1440);
  expect(day.map(minute).slice(29, 31)).toEqual(["2027-03-28T01:00Z", "2027-03-28T01:01Z"]);
  expect(day).toHaveLength(1440);
});

const value = (min: number, max: number) => fc.integer({ min, max }).map(String);

/** Fields that AWS and croner write alike. */
function field(min: number, max: number) {
  const pair = fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
  const range = pair.map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc.integer({ min: 1, max: max - min }).map((size) => `*/${size}`);
  const list = fc
    .uniqueArray(value(min, max), { minLength: 1, maxLength: 4 })
    .map((values) => values.join(","));
  return fc.oneof(fc.constant("*"), value(min, max), range, step, list);
}

const instant = fc.date({
  min: new Date("2024-01-01T00:00Z"),
  max: new Date("2035-01-01T00:00Z"),
  noInvalidDate: true,
});

test("plain expressions in UTC fire as croner says", () => {
  const months = fc.oneof(field(1, 12), fc.constantFrom("JAN", "DEC"));
  fc.assert(
    fc.property(
      field(0, 59),
      field(0, 23),
      field(1, 28),
      months,
      field(1, 7),
      fc.boolean(),
      instant,
      (...drawn) => {
        const [minutes, hours, day, month, weekday, byWeekday, after] = drawn;
        const days = byWeekday ? ["?", weekday] : [day, "?"];
        const aws = `cron(${minutes} ${hours} ${days[0]} ${month} ${days[1]} *)`;
        const pattern = `0 ${minutes} ${hours} ${days[0]} ${month} ${days[1]}`.replaceAll("?", "*");
        const oracle = new Cron(pattern, { timezone: "UTC", alternativeWeekdays: true });
        expect(next(aws, after, "UTC")).toEqual(oracle.nextRun(after));
      },
    ),
    { numRuns: 300 },
  );
});

test("firings ascend, and each is the next one after the firing before it", () => {
  const zones = fc.constantFrom("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC");
  fc.assert(
    fc.property(field(0, 59), field(0, 23), zones, instant, (minutes, hours, zone, after) => {
      const expression = `cron(${minutes} ${hours} * * ? *)`;
      const dates = upcoming(expression, { after: after }, zone, 5);
      const befores = [after, ...dates];
      expect(dates).toEqual(befores.slice(0, 5).map((before) => next(expression, before, zone)));
      expect(dates).toEqual(dates.toSorted((a, b) => a.getTime() - b.getTime()));
      expect(dates.every((date) => date > after)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test.each([
  ["Europe/Berlin", "2027-03-27T20:00Z"],
  ["Europe/Berlin", "2027-10-30T20:00Z"],
  ["America/New_York", "2027-03-14T02:00Z"],
  ["America/New_York", "2027-11-07T01:00Z"],
  ["Australia/Lord_Howe", "2027-04-03T10:00Z"],
  ["Australia/Lord_Howe", "2027-10-02T10:00Z"],
])("around the change of %s on %s each wall time fires when a clock first shows it", (timeZone, start) => {
  const clock = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    dateStyle: "short",
    timeStyle: "short",
    hourCycle: "h23",
  });
  const shown = new Set<string>();
  const first = Array.from(
    { length: 900 },
    (_, index) => new Date(Date.parse(start) + index * 60_000),
  ).filter((date) => {
    const wall = clock.format(date);
    const isNew = !shown.has(wall);
    shown.add(wall);
    return isNew && Number(wall.slice(-2)) % 7 === 0;
  });
  expect(
    upcoming("cron(*/7 * * * ? *)", { after: new Date(Date.parse(start) - 1) }, timeZone, first.length),
  ).toEqual(first);
});
