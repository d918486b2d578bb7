import * as fc from "fast-check";
import * as z from "zod";
import { expect, test } from "vitest";
import { Duration, parseDuration } from "../../../core/lib/duration.ts";

test.each([
  ["90s", 90],
  ["15m", 900],
  ["4h", 14_400],
  ["7d", 604_800],
  ["2w", 1_209_600],
  ["0s", 0],
  ["PT4H", 14_400],
  ["PT1H30M", 5400],
  ["P1DT12H", 129_600],
  ["P2W", 1_209_600],
  ["P7D", 604_800],
])("%s is %d seconds", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each([
  "",
  "4",
  "h",
  "4H",
  "4 h",
  " 4h",
  "4h ",
  "4h\n",
  "-4h",
  "1.5h",
  "4hours",
  "1h30m",
  "P",
  "PT",
  "P1DT",
  "P1W2D",
  "P1M",
  "PT4h",
  "1e3s",
  "٤h",
  "9999999999s",
  "4y",
])("%j is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test("any text is a whole number of seconds or refused, never something between", () => {
  const unit = fc.constantFrom(..."0123456789PTWDHMSsmhdw.- \n".split(""));
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
      const seconds = parseDuration(text);
      expect(seconds === undefined || (Number.isSafeInteger(seconds) && seconds >= 0)).toBe(true);
    }),
  );
});

test("a duration in an input is held to its limits, and the complaint names them", () => {
  const Ttl = z.strictObject({ ttl: Duration({ min: 60, max: 3600 }) });
  expect(Ttl.parse({ ttl: "60s" })).toEqual({ ttl: 60 });
  expect(Ttl.parse({ ttl: "PT1H" })).toEqual({ ttl: 3600 });
  for (const ttl of ["59s", "61m", "soon", 60])
    expect(Ttl.safeParse({ ttl }).error?.issues[0]?.path).toEqual(["ttl"]);
  expect(Ttl.safeParse({ ttl: "59s" }).error?.issues[0]?.message).toContain("from 60 s to 3600 s");
});
