import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cut, fitting, LIMITS, sizeOf, type Change } from "../../../core/db/index.ts";
import { keyOf, placeOf } from "../../../core/db/merge.ts";
import { transactionOf } from "../../../core/db/transaction.ts";
import { memoryStore } from "../../kit/store.ts";

const put = (sk: string, bytes: number): Change => ({
  table: "State",
  put: { pk: "p", sk, data: "x".repeat(bytes) },
});
const removal = (n: number): Change => ({ table: "State", remove: { pk: "p", sk: `r${n % 70}` } });

/** Changes of any size, some of them of one row. */
const changes = fc.array(
  fc.oneof(
    fc.nat(200).map(removal),
    fc.tuple(fc.uuid(), fc.nat(390_000)).map(([sk, bytes]) => put(sk, bytes)),
  ),
  { maxLength: 260 },
);

test("B1: changes are cut into transactions that DynamoDB takes, none is lost and their order stays", async () => {
  await fc.assert(
    fc.asyncProperty(changes, async (given) => {
      const parts = cut(given);
      expect(parts.flat()).toEqual(given);
      const store = memoryStore();
      for (const part of parts) await store.write(part);
      const puts = given.flatMap((change) => ("put" in change ? [change.put] : []));
      for (const row of puts) expect(store.peek("State", row)).toBeDefined();
    }),
    { numRuns: 25 },
  );
});

test("B1: a hundred rows are one transaction and one more is not, and spare room is kept free", () => {
  const rows = Array.from({ length: 201 }, (_, n) => put(`row${n}`, 10));
  expect(cut(rows).map((part) => part.length)).toEqual([100, 100, 1]);
  expect(
    fitting(
      rows.map((row) => [row]),
      { changes: 10, bytes: 0 },
    ),
  ).toBe(90);
  const large = Array.from({ length: 12 }, (_, n) => put(`row${n}`, 390_000));
  expect(cut(large).map((part) => part.length)).toEqual([10, 2]);
  expect(cut(large, { changes: 0, bytes: 2_000_000 }).map((part) => part.length)).toEqual([5, 5, 2]);
});

test("B1: what belongs together is never cut, and contradictions stand in different transactions", () => {
  const pair = (n: number): Change[] => [put(`a${n}`, 10), put(`b${n}`, 10)];
  expect(fitting(Array.from({ length: 80 }, (_, n) => pair(n)))).toBe(50);
  const [one, other] = [put("same", 1), put("same", 2)];
  expect(cut([one, other])).toEqual([[one], [other]]);
  expect(fitting([Array.from({ length: 101 }, (_, n) => put(`c${n}`, 1))])).toBe(1);
});

test("B1: a transaction names each row once, and of the changes that were given the first of each", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(120).map(removal), { maxLength: 150 }), (given) => {
      const parts = transactionOf(given);
      expect(new Set(parts.map(({ change }) => placeOf(change))).size).toBe(parts.length);
      for (const { change, origin } of parts)
        expect(given.findIndex((one) => keyOf(one).sk === keyOf(change).sk)).toBe(origin);
    }),
  );
});

test("B1: of two updates each keeps what it sets, and the larger row counts", () => {
  const update = (set: Record<string, unknown>, bytes: number): Change => ({
    table: "State",
    update: { pk: "p", sk: "a" },
    set,
    bytes,
    when: { equals: { fence: 1 } },
  });
  expect(transactionOf([update({ "map.a": 1 }, 10), update({ "map.b": 2 }, 300)])).toMatchObject([
    {
      origin: 0,
      change: { ...update({ "map.a": 1, "map.b": 2 }, 300), add: {}, unset: [] },
    },
  ]);
  expect(() => transactionOf([update({ map: {} }, 0), update({ "map.b": 2 }, 0)])).toThrow("contradict");
  const otherwise: Change = { table: "State", check: { pk: "p", sk: "a" }, when: { equals: { fence: 2 } } };
  expect(() => transactionOf([update({ a: 1 }, 0), otherwise])).toThrow("contradict");
});

test("B1: a row is as large as its names and values, and never larger than is said", () => {
  expect(sizeOf({ pk: "p", sk: "s", n: 12, list: ["ab", true], gone: undefined })).toBe(
    3 + 3 + 3 + 4 + 3 + 3 + 2,
  );
  expect(() => transactionOf([put("a", LIMITS.row)])).toThrow("400 kB");
});

test("B1: a row that several changes are about counts once, an update with the row that it is told to be of", () => {
  const update = (n: number, bytes: number): Change => {
    return {
      table: "State",
      update: { pk: "p", sk: "same" },
      set: { [`f${n}`]: "x".repeat(100_000) },
      bytes,
    };
  };
  const same = Array.from({ length: 30 }, (_, n) => update(n, 0));
  expect(cut(same)).toHaveLength(1);
  const rows = Array.from({ length: 12 }, (_, n): Change => {
    return { table: "State", update: { pk: "p", sk: `u${n}` }, set: { n }, bytes: 400_000 };
  });
  expect(cut(rows).map((part) => part.length)).toEqual([10, 2]);
});

test("B1: keys are measured in bytes", () => {
  expect(() => transactionOf([put("ü".repeat(512), 1)])).not.toThrow();
  expect(() => transactionOf([put("ü".repeat(513), 1)])).toThrow("longer than DynamoDB's keys");
});
