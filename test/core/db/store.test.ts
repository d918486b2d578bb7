import { expect, test } from "vitest";
import type { Change } from "../../../core/db/index.ts";
import { lost, put, stores, STORES } from "./stores.ts";

const open = stores();

/** What a mistake looks like: DynamoDB's word or that of its SDK. */
const REFUSED = /./;
test.each(STORES)("%s: a row comes back as it was put, without what is undefined", async (kind) => {
  const { store, pk } = open(kind);
  const row = { pk, sk: "a", text: "ü\n", n: 1.5, list: [1, undefined, "x"], map: { a: null, b: undefined } };
  await store.write([put(row)]);
  expect(await store.get("State", row)).toStrictEqual({
    pk,
    sk: "a",
    text: "ü\n",
    n: 1.5,
    list: [1, "x"],
    map: { a: null },
  });
  expect(await store.get("State", { pk, sk: "b" })).toBeUndefined();
  expect(await store.get("Runtime", { pk, sk: "a" })).toBeUndefined();
});

test.each(STORES)("%s: what cannot be stored is refused", async (kind) => {
  const { store, pk } = open(kind);
  for (const value of [Number.NaN, Infinity, new Date(0), 2 ** 60])
    await expect(store.write([put({ pk, sk: "a", value })])).rejects.toThrow(REFUSED);
  await expect(store.write([put({ pk, sk: "" })])).rejects.toThrow(REFUSED);
  expect(await store.query({ table: "State", pk })).toEqual([]);
});

test.each(STORES)(
  "%s: exists: only the first put wins, and the loser sees the row that stands",
  async (kind) => {
    const { store, pk } = open(kind);
    await store.write([put({ pk, sk: "a", by: "first", map: { n: 1 } }, { exists: false })]);
    const error = await lost(store.write([put({ pk, sk: "a", by: "second" }, { exists: false })]));
    expect([error.index, error.current]).toEqual([0, { pk, sk: "a", by: "first", map: { n: 1 } }]);
    const nothing = await lost(store.write([put({ pk, sk: "b" }, { exists: true })]));
    expect(nothing.current).toBeUndefined();
    await lost(store.write([{ table: "State", remove: { pk, sk: "b" }, when: { exists: true } }]));
  },
);

test.each(STORES)("%s: a put that finds its own row there is the repeat of a lost answer", async (kind) => {
  const { store, pk } = open(kind);
  const change = put({ pk, sk: "a", by: "me", gone: undefined }, { exists: false });
  await store.write([change]);
  await store.write([change]);
  const error = await lost(store.write([change, put({ pk, sk: "b" })]));
  expect(error.index).toBe(0);
});

test.each(STORES)("%s: equals, oneOf and below read dotted paths; all of them must hold", async (kind) => {
  const { store, pk } = open(kind);
  const key = { pk, sk: "a" };
  await store.write([put({ ...key, state: "open", n: 3, map: { lane: "x", n: 7, deep: { ok: true } } })]);
  const set = (when: Change["when"]) =>
    store.write([{ table: "State", update: key, set: { touched: 1 }, ...(when ? { when } : {}) }]);
  await set({ equals: { state: "open", "map.lane": "x", "map.deep.ok": true, n: 3 }, exists: true });
  await set({ oneOf: { state: ["closed", "open"], "map.n": [1, 7] } });
  await set({ below: { n: 4, "map.n": 8 } });
  for (const when of [
    { equals: { state: "closed" } },
    { equals: { n: "3" } },
    { equals: { "map.none": "x" } },
    { equals: { "state.deep": "x" } },
    { oneOf: { state: ["closed"] } },
    { oneOf: { none: ["open"] } },
    { below: { n: 3 } },
    { below: { none: 9 } },
    { below: { state: 9 } },
    { equals: { state: "open" }, below: { n: 3 } },
    { exists: false },
  ])
    expect((await lost(set(when))).current).toMatchObject({ state: "open" });
});

test.each(STORES)("%s: a transaction is all or nothing, and names the change that lost", async (kind) => {
  const { store, pk } = open(kind);
  await store.write([put({ pk, sk: "b", n: 1 })]);
  const changes: Change[] = [
    put({ pk, sk: "a" }, { exists: false }),
    { table: "State", update: { pk, sk: "b" }, add: { n: 1 }, when: { equals: { n: 2 } } },
    { table: "Runtime", put: { pk, sk: "c" } },
  ];
  const error = await lost(store.write(changes));
  expect([error.index, error.current]).toEqual([1, { pk, sk: "b", n: 1 }]);
  expect(await store.query({ table: "State", pk })).toEqual([{ pk, sk: "b", n: 1 }]);
  expect(await store.get("Runtime", { pk, sk: "c" })).toBeUndefined();
});

test.each(STORES)("%s: the first of several lost changes is the one that is named", async (kind) => {
  const { store, pk } = open(kind);
  const when = { exists: true };
  const error = await lost(store.write(["a", "b", "c"].map((sk) => put({ pk, sk }, sk === "a" ? {} : when))));
  expect([error.index, error.current]).toEqual([1, undefined]);
});

test.each(STORES)(
  "%s: a change that is not valid keeps the whole transaction from happening",
  async (kind) => {
    const { store, pk } = open(kind);
    const bad: Change = { table: "State", update: { pk, sk: "b" }, set: { "none.deep": 1 } };
    await expect(store.write([put({ pk, sk: "a" }), bad])).rejects.toThrow(REFUSED);
    await expect(store.write([put({ pk, sk: "a" }), put({ pk, sk: "a", n: 1 })])).rejects.toThrow(REFUSED);
    const many = Array.from({ length: 101 }, (_, n) => put({ pk, sk: `m${n}` }));
    await expect(store.write(many)).rejects.toThrow(REFUSED);
    expect(await store.query({ table: "State", pk })).toEqual([]);
  },
);

test.each(STORES)("%s: a hundred changes are one transaction, and no change at all is none", async (kind) => {
  const { store, pk } = open(kind);
  await store.write([]);
  await store.write(Array.from({ length: 100 }, (_, n) => put({ pk, sk: `m${n}` })));
  expect(await store.query({ table: "State", pk })).toHaveLength(100);
});

test.each(STORES)("%s: a check guards other changes and stands never alone", async (kind) => {
  const { store, pk } = open(kind);
  await store.write([put({ pk, sk: "guard", open: true })]);
  const check = (open: boolean): Change => ({
    table: "State",
    check: { pk, sk: "guard" },
    when: { equals: { open } },
  });
  await store.write([check(true), put({ pk, sk: "a" })]);
  const error = await lost(store.write([put({ pk, sk: "b" }), check(false)]));
  expect([error.index, error.current]).toEqual([1, { pk, sk: "guard", open: true }]);
  await expect(store.write([check(true)])).rejects.toThrow("beside another change");
  const bare: Change = { table: "State", check: { pk, sk: "guard" } };
  await expect(store.write([bare, put({ pk, sk: "b" })])).rejects.toThrow(REFUSED);
});

test.each(STORES)("%s: an update sets, adds and removes, and makes the row that is missing", async (kind) => {
  const { store, pk } = open(kind);
  const update = { pk, sk: "a" };
  await store.write([{ table: "State", update, set: { map: { x: 1 }, old: 1 }, add: { n: 2 } }]);
  await store.write([
    {
      table: "State",
      update,
      set: { "map.y": [1], name: "n" },
      add: { n: -3, "map.z": 4 },
      unset: ["old", "map.x"],
    },
  ]);
  expect(await store.get("State", update)).toStrictEqual({
    ...update,
    map: { y: [1], z: 4 },
    name: "n",
    n: -1,
  });
});

test.each(STORES)(
  "%s: an update that changes nothing, sets nothing or adds to a text is refused",
  async (kind) => {
    const { store, pk } = open(kind);
    const update = { pk, sk: "a" };
    await store.write([put({ ...update, text: "x" })]);
    await expect(store.write([{ table: "State", update }])).rejects.toThrow(REFUSED);
    await expect(store.write([{ table: "State", update, set: { x: undefined } }])).rejects.toThrow(REFUSED);
    await expect(store.write([{ table: "State", update, add: { text: 1 } }])).rejects.toThrow(REFUSED);
    expect(await store.get("State", update)).toEqual({ ...update, text: "x" });
  },
);

test.each(STORES)(
  "%s: a query gives one partition in the order of bytes, either way, bounded and limited",
  async (kind) => {
    const { store, pk } = open(kind);
    const order = ["A", "a#1", "a#2", "b", "ü", "\uFFFD", "😀"];
    await store.write(order.toReversed().map((sk) => put({ pk, sk })));
    await store.write([put({ pk: `${pk}x`, sk: "a#3" })]);
    const ask = async (more: object) =>
      (await store.query({ table: "State", pk, ...more })).map((row) => row.sk);
    expect(await ask({})).toEqual(order);
    expect(await ask({ reverse: true })).toEqual(order.toReversed());
    expect(await ask({ prefix: "a#" })).toEqual(["a#1", "a#2"]);
    expect(await ask({ prefix: "a#", reverse: true, limit: 1 })).toEqual(["a#2"]);
    expect(await ask({ before: "a#2" })).toEqual(["A", "a#1"]);
    expect(await ask({ before: "b", reverse: true, limit: 2 })).toEqual(["a#2", "a#1"]);
    expect(await ask({ after: "a#2", limit: 2 })).toEqual(["b", "ü"]);
    await expect(ask({ prefix: "a", before: "b" })).rejects.toThrow("one of");
    await expect(ask({ after: "a", before: "b" })).rejects.toThrow("one of");
  },
);

test.each(STORES)("%s: a query follows large answers to their end", async (kind) => {
  const { store, pk } = open(kind);
  const data = "x".repeat(300_000);
  for (let n = 0; n < 5; n++) await store.write([put({ pk, sk: `c${n}`, data })]);
  expect((await store.query({ table: "State", pk })).map((row) => row.sk)).toEqual([
    "c0",
    "c1",
    "c2",
    "c3",
    "c4",
  ]);
  expect(await store.query({ table: "State", pk, limit: 4 })).toHaveLength(4);
});

test.each(STORES)(
  "%s: History by time holds the rows with both of its keys, in their order",
  async (kind) => {
    const { store, pk } = open(kind);
    const row = (sk: string, more: object): Change => ({ table: "History", put: { pk, sk, ...more } });
    await store.write([
      row("1", { gpk: pk, gsk: "b" }),
      row("2", { gpk: pk, gsk: "a" }),
      row("3", { gpk: `${pk}x`, gsk: "c" }),
      row("4", {}),
      row("5", { gpk: pk }),
    ]);
    const ask = async (more: object) =>
      (await store.query({ table: "History", pk, index: "byTime", ...more })).map((one) => one.sk);
    expect(await ask({})).toEqual(["2", "1"]);
    expect(await ask({ reverse: true, limit: 1 })).toEqual(["1"]);
    expect(await ask({ before: "b" })).toEqual(["2"]);
  },
);

test.each(STORES)(
  "%s: getMany gives the rows that exist, once each and however many are asked for",
  async (kind) => {
    const { store, pk } = open(kind);
    const keys = Array.from({ length: 101 }, (_, n) => ({ pk, sk: `k${n}` }));
    await store.write(keys.slice(0, 100).map((key) => put({ ...key, data: key.sk })));
    const found = await store.getMany("State", [...keys.slice(0, 99), { pk, sk: "none" }]);
    expect(found.map((row) => row.sk).toSorted()).toEqual(
      keys
        .slice(0, 99)
        .map((key) => key.sk)
        .toSorted(),
    );
    expect(await store.getMany("State", [])).toEqual([]);
    const twice = [
      { pk, sk: "k1" },
      { pk, sk: "k1" },
    ];
    expect(await store.getMany("State", twice)).toHaveLength(1);
    expect(await store.getMany("State", keys)).toHaveLength(100);
  },
);

test.each(STORES)("%s: of writers that meet at one row exactly one wins", async (kind) => {
  const { store, pk } = open(kind);
  const race = Array.from({ length: 10 }, (_, n) =>
    store.write([put({ pk, sk: "a", n }, { exists: false })]),
  );
  const results = await Promise.allSettled(race);
  expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
});
