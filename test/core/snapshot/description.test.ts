import * as fc from "fast-check";
import { expect, test } from "vitest";
import { SnapshotJobParams } from "../../../core/snapshot/index.ts";
import {
  badExpiry,
  describe,
  expiryOf,
  heldBy,
  markerOf,
  pinOf,
  wordsOf,
} from "../../../core/snapshot/description.ts";

const TAKEN = new Date("2026-11-23T12:00:00Z");
const ULID = "0123456789ABCDEFGHJKMNPQRS";
const marker = fc.nat(99_999).map((n) => `op_${ULID}/${n}`);
const date = fc.date({ min: TAKEN, max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true });

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
  .filter((text) => SnapshotJobParams.safeParse({ description: text }).success);
/** Proxmox may trim what ends a description, or end it with a newline. */
const end = fc.constantFrom("", "\n", " \n");

test("marker and expiry come back whatever the words are; words never take their place", () => {
  fc.assert(
    fc.property(words, marker, date, end, (text, by, due, tail) => {
      const found = describe(text, { marker: by, expiresAt: due }) + tail;
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
      const found = describe(text, { marker: by }) + tail;
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
  expect(expiryOf(describe("(TTL: 4h)", { marker: `op_${ULID}/1`, expiresAt: due }), TAKEN)).toEqual(due);
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
    expect(SnapshotJobParams.parse({ description }).description).toBe(description);
  for (const description of ["a\rb", "a\u0000", "\u001b[31m", "a\u0085b", "x".repeat(4001)])
    expect(SnapshotJobParams.safeParse({ description }).success).toBe(false);
});

const pins = fc.record({
  reason: fc.string({ unit: "grapheme", minLength: 1, maxLength: 50 }).filter((text) => text.isWellFormed()),
  until: fc.option(date.map((at) => at.toISOString())),
});

test("a pin comes back with its reason and its time, beside marker, expiry and words", () => {
  fc.assert(
    fc.property(words, marker, date, pins, (text, by, due, pin) => {
      const found = describe(text, { marker: by, expiresAt: due, pin });
      expect([pinOf(found), markerOf(found), expiryOf(found, TAKEN)]).toEqual([pin, by, due]);
      expect(pinOf(describe(text, { marker: by }))).toBeUndefined();
    }),
  );
});

test("words come back as they were written, but for blanks at their end", () => {
  fc.assert(
    fc.property(words, marker, (text, by) => {
      expect(wordsOf(describe(text, { marker: by }))).toBe(text.trimEnd());
    }),
  );
});

test.each([
  ["pin=always reason=x", "it is pinned: x"],
  ["pin=2026-11-24T00:00:00Z", "it is pinned until 2026-11-24T00:00:00.000Z"],
  ["pin=2026-11-23T12:00:00Z reason=over", undefined],
  ["pin=2026-99-99T00:00:00Z reason=unreadable", "it is pinned: unreadable"],
  ["pin=always reason=%zz", "it is pinned: %zz"],
  ["pin=always reason=x\nnot in the last line", undefined],
  ["unpin=always", undefined],
])("%j: %s", (text, held) => {
  expect(heldBy(text, TAKEN)).toBe(held);
});

test.each([
  ["(TTL: 0h)", undefined],
  ["(TTL: 0m)", undefined],
  ["(TTL: 1m)", 60_000],
  ["(TTL: 3650d)", 3650 * 86_400_000],
  ["(TTL: 3651d)", undefined],
  ["(TTL: 87601h)", undefined],
  ["(TTL: 999999d)", undefined],
])(
  "A5: %j in words keeps to the limits of the field ttl; what is out of range stays and is told",
  (text, lasts) => {
    expect(expiryOf(text, TAKEN)?.getTime()).toBe(lasts === undefined ? undefined : TAKEN.getTime() + lasts);
    expect(badExpiry(text, TAKEN)?.includes(text) ?? false).toBe(lasts === undefined);
  },
);

test("A5: an instant before the snapshot was taken makes nothing go, as far as clocks may be trusted", () => {
  const stated = (at: string) => `moxxie=x expires=${at}`;
  expect(expiryOf(stated("2020-01-01T00:00:00Z"), TAKEN)).toBeUndefined();
  expect(badExpiry(stated("2020-01-01T00:00:00Z"), TAKEN)).toContain("before it was taken");
  expect(expiryOf(stated("2026-11-23T11:56:00Z"), TAKEN)).toEqual(new Date("2026-11-23T11:56:00Z"));
  expect(badExpiry(stated("2026-11-23T11:56:00Z"), TAKEN)).toBeUndefined();
  expect(badExpiry("plain", TAKEN)).toBeUndefined();
});
