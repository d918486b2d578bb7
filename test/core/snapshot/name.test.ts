import * as fc from "fast-check";
import { expect, test } from "vitest";
import { badPattern, nextFree, snapshotName } from "../../../core/snapshot/name.ts";

const AT = new Date("2026-11-23T04:05:06.789Z");
const VALID = /^[A-Za-z][A-Za-z0-9_-]{1,39}$/;
const TOKENS = ["{vm}", "{vmid}", "{node}", "{cluster}", "{date}", "{time}", "{datetime}"] as const;

const guest = (name: string | null, vmid = 101) => ({ name, vmid, node: "pve-1", cluster: "main" });
const made = (pattern: string, name: string | null = "web") => {
  const result = snapshotName(pattern, guest(name), AT);
  return "name" in result ? result.name : `! ${result.because}`;
};

const pattern = fc
  .array(fc.oneof(fc.constantFrom(...TOKENS), fc.stringMatching(/^[A-Za-z0-9_-]{0,6}$/)), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join(""));
const dnsName = fc.stringMatching(/^[a-z][a-z0-9-]{0,62}$/);

test.each([
  ["before-upgrade", "before-upgrade"],
  ["{vm}-{datetime}", "web-20261123T040506Z"],
  ["{vm}_{date}_{time}", "web_20261123_040506"],
  ["s{vmid}-{node}-{cluster}", "s101-pve-1-main"],
  ["{vm}{vm}", "webweb"],
])("%s becomes %s, in UTC", (given, wanted) => {
  expect(made(given)).toBe(wanted);
});

test("the dots of a guest's name become dashes; a guest without a name is called by its number", () => {
  expect(made("{vm}-x", "web.example.org")).toBe("web-example-org-x");
  expect(made("{vm}-x", null)).toBe("vm101-x");
});

test("any name of a guest and any pattern give a name that Proxmox takes, or a reason", () => {
  const anyPattern = fc.oneof(pattern, fc.string(), fc.constantFrom("{vm}\n", "x\n", "{nosuch}"));
  const anyName = fc.oneof(dnsName, fc.string({ unit: "binary", maxLength: 80 }), fc.constant(null));
  fc.assert(
    fc.property(anyPattern, anyName, fc.nat(999_999_999), (given, called, vmid) => {
      const result = snapshotName(given, { ...guest(called), vmid }, AT);
      const name = "name" in result ? result.name : undefined;
      const because = "because" in result ? result.because : undefined;
      const taken = name !== undefined && VALID.test(name) && !/^(current|pending|vzdump)$/i.test(name);
      expect(taken || /characters|a letter first|reserved/.test(because ?? "")).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test("a long name of a guest is shortened with a hash, never the time", () => {
  const name = made("{vm}-{datetime}", "a-very-long-name-of-a-guest-that-does-not-fit");
  expect(name).toMatch(/^a-[a-z-]+-[0-9a-f]{6}-20261123T040506Z$/);
  expect(name).toHaveLength(40);
  expect(made(`{vm}-${"x".repeat(38)}`)).toMatch(/^! the name .* has 42 characters; Proxmox allows 40$/);
});

test("two guests whose names differ never get the same name from a pattern with {vm}", () => {
  const suffix = fc.constantFrom("", "-{datetime}", "-{date}", "-nightly", "_{vm}");
  const pair = fc.tuple(dnsName, fc.oneof(dnsName, fc.constant("")), fc.oneof(dnsName, fc.constant("")));
  fc.assert(
    fc.property(pair, suffix, ([start, one, other], end) => {
      fc.pre(one !== other);
      const [first, second] = [start + one, start + other].map((name) => made(`{vm}${end}`, name));
      expect(first?.startsWith("!") || first !== second).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test("a trailing newline, which Proxmox itself lets through, is refused", () => {
  for (const given of ["abc\n", "{vm}\n", "abc\r", "\nabc"]) {
    expect(badPattern(given)).toMatch(/must start with a letter/);
    expect(made(given)).toMatch(/^! /);
  }
});

test("names that Proxmox keeps for itself are refused, whatever their case", () => {
  for (const name of ["current", "Pending", "VZDUMP"]) {
    expect(made(name)).toMatch(/reserved/);
    expect(badPattern(name)).toMatch(/reserved/);
  }
  expect(made("{vm}", "current")).toMatch(/reserved/);
});

test.each([
  "",
  "1abc",
  "-abc",
  "a b",
  "a.b",
  "ä",
  "{vm",
  "vm}",
  "{{vm}}",
  "{}",
  "{VM}",
  "{vm:5}",
  "x",
  "x".repeat(41),
  "{vmid}-a",
  "{date}",
  "{datetime}-{vm}",
])("%j is no pattern, which is said before a guest is looked at", (given) => {
  expect(badPattern(given)).toBeTypeOf("string");
});

test("a pattern that is taken gives a short plain guest its name, unless it grows too long", () => {
  fc.assert(
    fc.property(pattern, (given) => {
      if (badPattern(given) !== undefined) return;
      expect(made(given)).toMatch(/^(?:[A-Za-z][A-Za-z0-9_-]{1,39}|! .* characters; Proxmox allows 40)$/);
    }),
  );
});

test("a guest whose name begins with a digit gets a valid name too, however long it is", () => {
  expect(made("{vm}-{datetime}", "3cx")).toBe("x-3cx-20261123T040506Z");
  const long = made("{vm}-{datetime}", `3${"c".repeat(62)}`);
  expect(long).toMatch(/^x-3c+-[0-9a-f]{6}-20261123T040506Z$/);
  expect(long.length).toBeLessThanOrEqual(40);
});

test.each([
  ["2026-03-29T00:30:00Z", "20260329-013000"],
  ["2026-03-29T23:30:00Z", "20260330-013000"],
  ["2026-10-25T00:30:00Z", "20261025-023000p0200"],
  ["2026-10-25T01:30:00Z", "20261025-023000p0100"],
  ["2026-10-25T02:30:00Z", "20261025-033000"],
])(
  "B10: date and time are those of the job's zone, with the offset where a time comes twice: %s",
  (at, wanted) => {
    const name = snapshotName("n{date}-{time}", guest("web"), new Date(at), "Europe/Berlin");
    expect(name).toEqual({ name: `n${wanted}` });
  },
);

test.each(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "UTC"])(
  "B10: in %s no two moments of a year in which clocks are changed have one date and time",
  (timezone) => {
    const START = Date.UTC(2026, 0);
    const minutes = fc.uniqueArray(fc.nat(366 * 24 * 60), { minLength: 2, maxLength: 50 });
    const around = [
      "2026-03-29T01:00Z",
      "2026-10-25T01:00Z",
      "2026-04-04T15:00Z",
      "2026-11-01T06:00Z",
    ].flatMap((at) =>
      Array.from({ length: 48 }, (_, n) => (Date.parse(at) - START) / 60_000 + (n - 24) * 10),
    );
    const nameOf = (minute: number) =>
      snapshotName("n{date}-{time}", guest("web"), new Date(START + minute * 60_000), timezone);
    fc.assert(
      fc.property(minutes, (list) => {
        const all = [...new Set([...list, ...around])];
        expect(new Set(all.map((minute) => JSON.stringify(nameOf(minute)))).size).toBe(all.length);
      }),
      { numRuns: 5 },
    );
  },
);

test("B2: the next free name is one that nobody has, and that Proxmox takes", () => {
  expect(nextFree("one", new Set())).toBe("one");
  expect(nextFree("one", new Set(["one", "one-2"]))).toBe("one-3");
  const long = "x".repeat(40);
  expect(nextFree(long, new Set([long]))).toBe(`${"x".repeat(38)}-2`);
});
