import { expect, test } from "vitest";
import { badTimezone, Timezone } from "../../../core/lib/timezone.ts";

test("D8: every zone that Node lists is a name of the IANA database", () => {
  expect(Intl.supportedValuesOf("timeZone").filter((name) => badTimezone(name) !== undefined)).toEqual([]);
});

test.each([
  "UTC",
  "Etc/UTC",
  "Europe/Kyiv",
  "Asia/Kolkata",
  "Asia/Calcutta",
  "US/Eastern",
  "EST5EDT",
  "Etc/GMT+5",
])("D8: %s is taken, an alias too", (name) => {
  expect(Timezone.safeParse(name).success).toBe(true);
  expect(() => new Intl.DateTimeFormat("en", { timeZone: name })).not.toThrow();
});

test.each([
  ["europe/berlin", "write Europe/Berlin"],
  ["EUROPE/BERLIN", "write Europe/Berlin"],
  ["utc", "write UTC"],
  ["PST", "is not an IANA timezone"],
  ["JST", "is not an IANA timezone"],
  ["+01:00", "is not an IANA timezone"],
  ["Europe", "is not an IANA timezone"],
  ["", "is not an IANA timezone"],
  ["Europe/Berlin\n", "is not an IANA timezone"],
])("D8: %j, which AWS would refuse later, is refused at once: %s", (name, detail) => {
  expect(Timezone.safeParse(name).error?.issues[0]?.message).toContain(detail);
});
