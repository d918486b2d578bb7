import { expect, test } from "vitest";
import type { Change } from "../../../core/db/index.ts";
import { memoryStore } from "../../kit/store.ts";

const KB = 1024;
const keys = { pk: "p", sk: "a" };

/** A row of so many bytes by DynamoDB's count. */
const row = (bytes: number, more: Record<string, unknown> = {}) => {
  const fixed = "pk".length + "p".length + "sk".length + "a".length + "data".length;
  const rest = Object.entries(more).reduce(
    (sum, [name, value]) => sum + name.length + String(value).length,
    0,
  );
  return { ...keys, ...more, data: "x".repeat(bytes - fixed - rest) };
};
const put = (bytes: number, more: Record<string, unknown> = {}): Change => ({
  table: "History",
  put: row(bytes, more),
});

/** What some calls cost, as [read, write]. */
async function cost(
  changes: readonly (readonly Change[])[],
  call: (store: ReturnType<typeof memoryStore>) => Promise<unknown>,
) {
  const store = memoryStore();
  for (const change of changes) await store.write(change);
  store.units.reset();
  await call(store).catch(() => undefined);
  return [store.units.read, store.units.write];
}

test.each([
  ["4 kB", 4 * KB, {}, 1],
  ["a byte more", 4 * KB + 1, {}, 2],
  ["the same, eventually", 4 * KB + 1, { eventual: true }, 1],
  ["a small row, eventually", 100, { eventual: true }, 0.5],
])("a row costs a read unit for each 4 kB, half when eventual: %s", async (_, bytes, how, units) => {
  expect(await cost([[put(bytes)]], (store) => store.get("History", keys, how))).toEqual([units, 0]);
});

test("a row that is not there costs a unit", async () => {
  expect(await cost([], (store) => store.get("History", keys))).toEqual([1, 0]);
});

test("rows of a query count together, rows that are asked for by key each by itself", async () => {
  const changes = ["a", "b", "c"].map((sk): Change[] => [{ table: "State", put: { ...row(1000), sk } }]);
  expect(await cost(changes, (store) => store.query({ table: "State", pk: "p" }))).toEqual([1, 0]);
  const wanted = ["a", "b", "c"].map((sk) => ({ pk: "p", sk }));
  expect(await cost(changes, (store) => store.getMany("State", wanted))).toEqual([3, 0]);
});

test("an index is read eventually", async () => {
  const query = { table: "History", index: "byTime", pk: "g" } as const;
  const change = put(1000, { gpk: "g", gsk: "s" });
  expect(await cost([[change]], (store) => store.query(query))).toEqual([0.5, 0]);
});

test("a write costs a unit for each 1 kB of the larger row, before or after", async () => {
  expect(await cost([], (store) => store.write([put(KB)]))).toEqual([0, 1]);
  expect(await cost([], (store) => store.write([put(KB + 1)]))).toEqual([0, 2]);
  expect(await cost([[put(3 * KB)]], (store) => store.write([put(100)]))).toEqual([0, 3]);
  const update: Change = { table: "History", update: keys, set: { n: 1 } };
  expect(await cost([[put(2 * KB)]], (store) => store.write([update]))).toEqual([0, 3]);
  const remove: Change = { table: "History", remove: keys };
  expect(await cost([[put(2 * KB)]], (store) => store.write([remove]))).toEqual([0, 2]);
});

test("in a transaction all costs twice, checks too", async () => {
  const check: Change = { table: "State", check: { pk: "q", sk: "a" }, when: { exists: false } };
  expect(await cost([], (store) => store.write([put(KB), check]))).toEqual([0, 4]);
});

test("a write whose condition fails costs what stands in its way", async () => {
  const change = { ...put(100), when: { exists: false } };
  expect(await cost([[put(3 * KB)]], (store) => store.write([change]))).toEqual([0, 3]);
});

test("a row in an index costs its copy: nothing when it stays as it is, twice when it gets another place", async () => {
  const placed = (gsk: string, n: number) => put(1000, { gpk: "g", gsk, n });
  expect(await cost([], (store) => store.write([placed("s", 1)]))).toEqual([0, 2]);
  expect(await cost([[placed("s", 1)]], (store) => store.write([placed("s", 1)]))).toEqual([0, 1]);
  expect(await cost([[placed("s", 1)]], (store) => store.write([placed("s", 2)]))).toEqual([0, 2]);
  expect(await cost([[placed("s", 1)]], (store) => store.write([placed("t", 1)]))).toEqual([0, 3]);
});

test("what a caller does to a row that it read changes nothing that is stored", async () => {
  const store = memoryStore();
  await store.write([{ table: "State", put: { ...keys, list: [{ n: 1 }] } }]);
  const read = await store.get("State", keys);
  expect(() => Reflect.set(Object(read), "list", [])).not.toThrow();
  expect(await store.get("State", keys)).toEqual({ ...keys, list: [{ n: 1 }] });
});
