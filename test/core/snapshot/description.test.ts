import * as fc from "fast-check";
import { expect, test } from "vitest";
import { SnapshotParams } from "../../../core/snapshot/index.ts";
import { describe, expiryOf, markerOf } from "../../../core/snapshot/description.ts";

const TAKEN = new Date("2026-11-23T12:00:00Z");
const ULID = "0123456789ABCDEFGHJKMNPQRS";
const marker = fc.nat(99_999).map((n) => `op_${ULID}/${n}`);
const date = fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true });

/** Words that look like what Moxxie writes, among others. */
const hostile = fc.constantFrom(
  "expires=2020-01-01T00:00:00Z",
  `moxxie=op_${ULID}/7`,
  `moxxie=op_${ULID}/7 expires=2020-01-01T00:00:00.000Z`,
  "\n",
  "\n\n",
  "\t",
  " ",
);
const words = fc
  .array(fc.oneof(hostile, fc.string({ unit: "grapheme" })), { maxLength: 6 })
  .map((parts) => parts.join(""))
  .filter((text) => SnapshotParams.safeParse({ description: text }).success);
/** Proxmox may trim what ends a description, or end it with a newline. */
const end = fc.constantFrom("", "\n", " \n");

test("marker and expiry come back whatever the words are; words never take their place", () => {
  fc.assert(
    fc.property(words, marker, date, end, (text, by, due, tail) => {
      const found = describe(text, by, due) + tail;
      expect(found.startsWith(text)).toBe(true);
      expect(markerOf(found)).toBe(by);
      expect(expiryOf(found, TAKEN)).toEqual(due);
      expect(expiryOf(found, undefined)).toEqual(due);
    }),
    { numRuns: 500 },
  );
});

test("without a time to live no words make a snapshot expire, unless in the form of the original", () => {
  fc.assert(
    fc.property(words, marker, end, (text, by, tail) => {
      const found = describe(text, by, undefined) + tail;
      expect(markerOf(found)).toBe(by);
      expect(expiryOf(found, TAKEN)).toBeUndefined();
    }),
  );
});

test.each([
  ["nightly (TTL: 4h)", 4 * 3_600_000],
  [" (TTL: 24h)", 86_400_000],
  ["(TTL:90m)", 90 * 60_000],
  ["kept (TTL: 7d) by hand", 7 * 86_400_000],
])("%j, as the original writes it, counts from when the snapshot was taken", (text, milliseconds) => {
  expect(expiryOf(text, TAKEN)).toEqual(new Date(TAKEN.getTime() + milliseconds));
  expect(expiryOf(text, undefined)).toBeUndefined();
});

test.each(["", "TTL: 4h", "(TTL: h)", "(TTL: -4h)", "(TTL: 4y)", "(TTL: 9999999h)", "(ttl: 4h)"])(
  "%j makes nothing expire",
  (text) => {
    expect(expiryOf(text, TAKEN)).toBeUndefined();
  },
);

test("the stated instant wins over the form of the original", () => {
  const due = new Date("2027-01-01T00:00:00Z");
  expect(expiryOf(describe("(TTL: 4h)", `op_${ULID}/1`, due), TAKEN)).toEqual(due);
});

test("an instant that does not exist, or stands in another line, states nothing", () => {
  for (const text of [
    "expires=2026-13-45T00:00:00Z",
    "expires=2026-01-01T25:00:00Z",
    "expires=2026-01-01",
    "expires=2026-01-01T00:00:00+01:00",
    "notexpires=2026-01-01T00:00:00Z",
    "expires=2026-01-01T00:00:00Zulu",
    "expires=2026-01-01T00:00:00Z\nkept after all",
  ])
    expect([text, expiryOf(text, TAKEN)]).toEqual([text, undefined]);
  expect(markerOf("moxxie=op_short/1")).toBeUndefined();
  expect(markerOf(`moxxie=op_${ULID}/1\nand more`)).toBeUndefined();
  expect(markerOf(undefined)).toBeUndefined();
});

test("words may hold lines and tabs, and no other control characters", () => {
  for (const description of ["a\nb\tc\n", "ü 😀", ""])
    expect(SnapshotParams.parse({ description }).description).toBe(description);
  for (const description of ["a\rb", "a\u0000", "\u001b[31m", "a\u0085b", "x".repeat(4001)])
    expect(SnapshotParams.safeParse({ description }).success).toBe(false);
});
