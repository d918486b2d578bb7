import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Keep, LegacyKeep, retain, type Kept } from "../../../core/retention/index.ts";
import { keepOf, pruneMarks } from "../../../local/proxmox/prune.ts";

const HOUR = 3_600_000;

const backup = (text: string, more: Partial<Kept> = {}): Kept => ({ id: text, at: new Date(text), ...more });

const kept = (items: readonly Kept[], keep: Keep, timezone?: string) =>
  retain(items, keep, timezone)
    .filter((mark) => mark.keep)
    .map(({ id, because }) => `${id} ${because}`);

/** One a day at noon, the newest on the given day. */
const daily = (newest: string, count: number) =>
  Array.from({ length: count }, (_, index) =>
    backup(new Date(Date.parse(`${newest}T12:00:00Z`) - index * 24 * HOUR).toISOString()),
  );

test("each option keeps the newest of the latest spans that the options before it left over", () => {
  const days = daily("2026-11-23", 100);
  expect(kept(days, { last: 2, daily: 3, weekly: 2, monthly: 2, yearly: 1 })).toEqual([
    "2026-11-23T12:00:00.000Z keep-last 1 of 2",
    "2026-11-22T12:00:00.000Z keep-last 2 of 2",
    "2026-11-21T12:00:00.000Z keep-daily 2026-11-21",
    "2026-11-20T12:00:00.000Z keep-daily 2026-11-20",
    "2026-11-19T12:00:00.000Z keep-daily 2026-11-19",
    "2026-11-15T12:00:00.000Z keep-weekly 2026-W46",
    "2026-11-08T12:00:00.000Z keep-weekly 2026-W45",
    "2026-10-31T12:00:00.000Z keep-monthly 2026-10",
    "2026-09-30T12:00:00.000Z keep-monthly 2026-09",
  ]);
});

test("spans without a backup do not count, so a guest whose backups stopped keeps what it has", () => {
  const old = [
    backup("2026-01-05T00:00:00Z"),
    backup("2025-06-01T00:00:00Z"),
    backup("2024-03-01T00:00:00Z"),
  ];
  expect(kept(old, { daily: 7 })).toHaveLength(3);
});

test("of several in one span the newest stays", () => {
  const hours = ["T01", "T05", "T23"].map((hour) => backup(`2026-11-23${hour}:00:00Z`));
  expect(retain(hours, { daily: 1 }).map(({ keep, because }) => [keep, because])).toEqual([
    [true, "keep-daily 2026-11-23"],
    [false, "keep-daily has a newer one of 2026-11-23"],
    [false, "keep-daily has a newer one of 2026-11-23"],
  ]);
});

test.each([
  ["2027-01-03T12:00:00Z", "2026-W53"],
  ["2027-01-04T12:00:00Z", "2027-W01"],
  ["2024-12-30T12:00:00Z", "2025-W01"],
  ["2026-12-31T23:30:00Z", "2026-W53"],
])("weeks are ISO weeks: %s is in %s", (at, week) => {
  expect(kept([backup(at)], { weekly: 1 })).toEqual([`${at} keep-weekly ${week}`]);
});

test("a day is that of the wall clock, also when it has 23 or 25 hours", () => {
  const berlin = "Europe/Berlin";
  const nights = [
    "2026-10-24T22:30:00Z",
    "2026-10-25T00:30:00Z",
    "2026-10-25T01:30:00Z",
    "2026-10-25T23:30:00Z",
  ];
  expect(
    kept(
      nights.map((at) => backup(at)),
      { daily: 9 },
      berlin,
    ),
  ).toEqual(["2026-10-25T23:30:00Z keep-daily 2026-10-26", "2026-10-25T01:30:00Z keep-daily 2026-10-25"]);
  expect(
    kept(
      nights.map((at) => backup(at)),
      { hourly: 9 },
      berlin,
    ),
  ).toEqual([
    "2026-10-25T23:30:00Z keep-hourly 2026-10-26T00",
    "2026-10-25T01:30:00Z keep-hourly 2026-10-25T02",
    "2026-10-24T22:30:00Z keep-hourly 2026-10-25T00",
  ]);
});

test("what is held stays, says why and does not count", () => {
  const items = [
    backup("2026-11-23T00:00:00Z", { held: "protected" }),
    backup("2026-11-22T00:00:00Z"),
    backup("2026-11-21T00:00:00Z"),
  ];
  expect(kept(items, { last: 1 })).toEqual([
    "2026-11-23T00:00:00Z protected",
    "2026-11-22T00:00:00Z keep-last 1 of 1",
  ]);
});

test("the last good one stays although newer ones that are worth nothing are kept", () => {
  const items = [
    backup("2026-11-23T00:00:00Z", { good: false }),
    backup("2026-11-22T00:00:00Z", { good: false }),
    backup("2026-11-21T00:00:00Z"),
    backup("2026-11-20T00:00:00Z"),
  ];
  expect(kept(items, { last: 2 })).toContain("2026-11-21T00:00:00Z it is the last good one");
});

const instants = fc.uniqueArray(fc.integer({ min: 0, max: 3 * 365 * 24 }), { maxLength: 80 });
const count = fc.nat(6);
const counts = fc
  .record({ last: count, hourly: count, daily: count, weekly: count, monthly: count, yearly: count })
  .filter((keep) => Keep.safeParse(keep).success);
const START = Date.parse("2024-01-01T00:20:00Z");
const items = (hours: readonly number[]) =>
  hours.map((hour): Kept => ({ id: String(hour), at: new Date(START + hour * HOUR) }));
const ids = (all: readonly Kept[], keep: Keep) =>
  retain(all, keep)
    .filter((mark) => mark.keep)
    .map(({ id }) => id);

test("pruning what was pruned removes nothing more", () => {
  fc.assert(
    fc.property(instants, counts, (hours, keep) => {
      const first = ids(items(hours), keep);
      expect(ids(items(first.map(Number)), keep)).toEqual(first);
    }),
  );
});

test("who asks for more keeps all that was kept before", () => {
  const option = fc.constantFrom("last", "hourly", "daily", "weekly", "monthly", "yearly");
  fc.assert(
    fc.property(instants, counts, option, (hours, keep, name) => {
      const more = ids(items(hours), { ...keep, [name]: keep[name] + 1 });
      for (const id of ids(items(hours), keep)) expect(more).toContain(id);
    }),
  );
});

test("a held one is never removed, and something good is always left", () => {
  const item = fc.record({ hour: fc.nat(3 * 365 * 24), held: fc.boolean(), good: fc.boolean() });
  fc.assert(
    fc.property(fc.uniqueArray(item, { selector: ({ hour }) => hour }), counts, (list, keep) => {
      const all = list.map(({ hour, held, good }): Kept => {
        return {
          id: String(hour),
          at: new Date(START + hour * HOUR),
          good,
          held: held ? "pinned" : undefined,
        };
      });
      const left = new Set(ids(all, keep));
      expect(all.filter((one) => one.held !== undefined && !left.has(one.id))).toEqual([]);
      expect(all.some((one) => one.good && left.has(one.id))).toBe(all.some((one) => one.good));
    }),
  );
});

test("it decides as the simulated Proxmox does, which was written from Proxmox's own rules", () => {
  fc.assert(
    fc.property(instants, counts, (hours, keep) => {
      const volumes = items(hours).map(({ id, at }) => {
        return {
          volid: id,
          storage: "s",
          ctime: at.getTime() / 1000,
          format: "vma.zst",
          size: 1,
          used: 1,
          content: "backup",
        };
      });
      const text = Object.entries(keep).map(([name, value]) => `keep-${name}=${value}`);
      const marks = pruneMarks(volumes, keepOf(text.join(",")));
      const theirs = [...marks].filter(([, mark]) => mark === "keep").map(([id]) => id);
      expect(ids(items(hours), keep)).toEqual(theirs);
    }),
  );
});

test.each([
  ["days:7", { daily: 7 }],
  ["count:3", { last: 3 }],
  ["monthly:12", { monthly: 12 }],
])("%s of the original is understood", (text, keep) => {
  expect(LegacyKeep.parse(text)).toEqual(keep);
});

test.each(["days:0", "count:-1", "weekly:3", "days:7 ", "days", ""])("%j is refused", (text) => {
  expect(LegacyKeep.safeParse(text).success).toBe(false);
});

test.each([[{}], [{ last: 0 }], [{ last: -1 }], [{ lst: 3 }], [{ last: 1.5 }]])("%j is refused", (keep) => {
  expect(Keep.safeParse(keep).success).toBe(false);
});

test("A4: the one that was just made stays, and counts, whatever any clock says", () => {
  const item = fc.record({ hour: fc.nat(3 * 365 * 24), good: fc.boolean() });
  const made = fc.nat(3 * 365 * 24);
  fc.assert(
    fc.property(
      fc.array(item, { maxLength: 40 }),
      made,
      counts,
      fc.nat(3 * 365 * 24),
      (list, hour, keep, now) => {
        const others = list.map((one, index): Kept => {
          return { id: String(index), at: new Date(START + one.hour * HOUR), good: one.good };
        });
        const own: Kept = { id: "made", at: new Date(START + hour * HOUR), made: true };
        const marks = retain([...others, own], keep, "UTC", new Date(START + now * HOUR));
        expect(marks.find(({ id }) => id === "made")?.keep).toBe(true);
      },
    ),
  );
});

test("A4: what is dated in the future stays, says so, does not count and is not the last good one", () => {
  const now = new Date("2026-11-23T00:00:00Z");
  const items = [
    backup("2026-12-01T00:00:00Z"),
    backup("2026-11-23T00:05:00Z"),
    backup("2026-11-22T00:00:00Z"),
    backup("2026-11-21T00:00:00Z"),
  ];
  const left = (keep: Keep, list = items) => retain(list, keep, "UTC", now).filter((mark) => mark.keep);
  expect(left({ last: 2 }).map(({ because }) => because)).toEqual([
    "it is dated in the future, 2026-12-01T00:00:00.000Z, so that its age is unknown",
    "keep-last 1 of 2",
    "keep-last 2 of 2",
  ]);
  const bad = items.map((item, index) => ({ ...item, good: index === 0 || index === 3 }));
  expect(left({ last: 1 }, bad).map(({ because }) => because)).toContain("it is the last good one");
});

test("J: something held that is worth nothing does not let the last good one go", () => {
  const held = backup("2026-11-23T00:00:00Z", { held: "it is protected", good: false });
  const items = [held, backup("2026-11-22T00:00:00Z", { good: false }), backup("2026-11-21T00:00:00Z")];
  expect(kept(items, { last: 1 })).toContain("2026-11-21T00:00:00Z it is the last good one");
});

test("J: of two of one instant the same one stays in whatever order they are listed", () => {
  const pair = ["a", "b"].map((id): Kept => ({ id, at: new Date(START) }));
  expect(ids(pair, { last: 1 })).toEqual(["b"]);
  expect(ids(pair.toReversed(), { last: 1 })).toEqual(["b"]);
});
