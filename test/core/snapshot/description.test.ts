import * as fc from "fast-check";
import { expect, test } from "vitest";
import { SnapshotJobParams } from "../../../core/snapshot/index.ts";
import {
  badExpiry,
  describe,
  expiryOf,
  heldBy,
  jobOf,
  markerOf,
  pinOf,
  wordsOf,
} from "../../../core/snapshot/description.ts";

const TAKEN = new Date("2026-11-23T12:00:00Z");
const ULID = "0123456789ABCDEFGHJKMNPQRS";
const marker = fc.nat(99_999).map((n) => `op_${ULID}/${n}`);
const TEN_YEARS_MS = 3650 * 86_400_000;
const date = fc.date({ min: TAKEN, max: new Date(TAKEN.getTime() + TEN_YEARS_MS), noInvalidDate: true });

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

test.each(["", "(TTL: h)", "(TTL: 4y)", "(TTL: 9999999h)"])("%j makes nothing expire", (text) => {
  expect(expiryOf(text, TAKEN)).toBeUndefined();
});

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
  ["expires=never pin=always reason=damaged", "it is pinned: damaged"],
  ["the door needs pin=always", undefined],
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

const LINE = `moxxie=op_${ULID}/1 job=job_${ULID} expires=2026-11-24T12:00:00Z pin=always reason=x`;

test("A5: one word before, behind or in a line of facts makes it words, of which nothing but a pin is believed", () => {
  expect([markerOf(LINE), jobOf(LINE), expiryOf(LINE, TAKEN), wordsOf(LINE)]).toEqual([
    `op_${ULID}/1`,
    `job_${ULID}`,
    new Date("2026-11-24T12:00:00Z"),
    "",
  ]);
  for (const text of [
    `see ${LINE}`,
    `${LINE} (old one)`,
    `${LINE} expires=2026-11-24T12:00:00Z`,
    LINE.replace(" job=", " or job="),
    LINE.replace("expires=2026-11-24T12:00:00Z", "expires=tomorrow"),
    LINE.replace(" job=", "  job="),
    `moxxie=mine ${LINE}`,
  ]) {
    const read = [markerOf(text), jobOf(text), expiryOf(text, TAKEN), wordsOf(text)];
    expect([text, ...read]).toEqual([text, undefined, undefined, undefined, text]);
  }
  expect(jobOf(`job=job_${ULID}`)).toBeUndefined();
});

test.each(["2036-11-20T12:05:00Z", "2036-11-20T12:06:00Z", "9999-01-01T00:00:00Z"])(
  "A5: a line of facts that expires at %s keeps to the limits of the field ttl, as far as clocks may be trusted",
  (at) => {
    const text = `expires=${at}`;
    const isRead = at === "2036-11-20T12:05:00Z";
    expect(expiryOf(text, TAKEN)).toEqual(isRead ? new Date(at) : undefined);
    expect(badExpiry(text, TAKEN)?.includes("ten years")).toBe(isRead ? undefined : true);
  },
);

test.each([
  "(TTL: 9999999d)",
  "(TTL: 1w)",
  "(TTL: 90s)",
  "(TTL: 4H)",
  "(ttl: 4h)",
  "(TTL: 4 h)",
  "(TTL: PT4H)",
  "(TTL: -1h)",
  "(TTL: 1.5h)",
  "(TTL: 4h )",
  "( TTL: 4h)",
  "(TTL : 4h)",
  "(TTL 4h)",
  "(TTL=4h)",
  "[TTL: 4h]",
  "(TTL: 4h",
  "(TTL: )",
  "TTL: 4h",
  "(TTL: 4h) (TTL: 4h)",
  "(TTL: 4h) (TTL: 0h)",
  "(TTL: 4h) (ttl: 4h)",
])(
  "A5: %j cannot be read, or stands twice: a caller's is refused, another's makes nothing go and is told",
  (text) => {
    const refused = SnapshotJobParams.safeParse({ description: `nightly ${text}` });
    expect(refused.error?.issues).toMatchObject([{ path: ["description"] }]);
    expect(expiryOf(`nightly ${text}`, TAKEN)).toBeUndefined();
    expect(badExpiry(`nightly ${text}`, TAKEN)).toContain(text);
  },
);

test.each([
  "(TTLs are short)",
  "the TTL of the zone",
  "DNS TTL: 300 s",
  "(the TTL: 4)",
  "battle: 4h",
  "(TTL of it)",
])("A5: %j is no time to live, and nobody meant one", (description) => {
  expect(SnapshotJobParams.parse({ description }).description).toBe(description);
  expect(badExpiry(description, TAKEN)).toBeUndefined();
});

test("A5: what a pin's reason says is no time to live", () => {
  const text = describe("plain", { pin: { reason: "(TTL: 4h) or (ttl 5)", until: null } });
  expect([expiryOf(text, TAKEN), badExpiry(text, TAKEN)]).toEqual([undefined, undefined]);
});

test("A5: an instant before the snapshot was taken makes nothing go, as far as clocks may be trusted", () => {
  const stated = (at: string) => `moxxie=op_${ULID}/1 expires=${at}`;
  expect(expiryOf(stated("2020-01-01T00:00:00Z"), TAKEN)).toBeUndefined();
  expect(badExpiry(stated("2020-01-01T00:00:00Z"), TAKEN)).toContain("before it was taken");
  expect(expiryOf(stated("2026-11-23T11:56:00Z"), TAKEN)).toEqual(new Date("2026-11-23T11:56:00Z"));
  expect(badExpiry(stated("2026-11-23T11:56:00Z"), TAKEN)).toBeUndefined();
  expect(badExpiry("plain", TAKEN)).toBeUndefined();
});
