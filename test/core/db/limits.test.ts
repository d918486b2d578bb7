import { expect, test } from "vitest";
import { Unwritable, type Change, type Row } from "../../../core/db/index.ts";
import { lost, put, stores, STORES } from "./stores.ts";

const open = stores();

/** A row of so many bytes by DynamoDB's count. */
const large = (pk: string, sk: string, bytes: number): Row => {
  const fixed = "pk".length + pk.length + "sk".length + sk.length + "data".length;
  return { pk, sk, data: "x".repeat(bytes - fixed) };
};

test.each(STORES)(
  "B1: %s: a row of 400 kB is kept, one byte more is refused, also as the sum of updates",
  async (kind) => {
    const { store, pk } = open(kind);
    await store.write([put(large(pk, "a", 400 * 1024))]);
    await expect(store.write([put(large(pk, "b", 400 * 1024 + 1))])).rejects.toThrow(Unwritable);
    const more: Change = { table: "State", update: { pk, sk: "a" }, set: { more: "x" } };
    await expect(store.write([more])).rejects.toThrow(Unwritable);
    await expect(store.write([more, put({ pk, sk: "c" })])).rejects.toThrow(Unwritable);
    expect((await store.query({ table: "State", pk })).map((row) => row.sk)).toEqual(["a"]);
  },
);

test.each(STORES)(
  "B1: %s: a transaction of more than 4 MB is refused before anything is written",
  async (kind) => {
    const { store, pk } = open(kind);
    const rows = (count: number, bytes: number) =>
      Array.from({ length: count }, (_, n) => put(large(pk, `r${String(n).padStart(2, "0")}`, bytes)));
    await expect(store.write(rows(11, 400 * 1024))).rejects.toThrow(Unwritable);
    expect(await store.query({ table: "State", pk })).toEqual([]);
    await store.write(rows(10, 400 * 1024));
    expect(await store.query({ table: "State", pk })).toHaveLength(10);
  },
);

test.each(STORES)(
  "B1: %s: two changes of one row are one where they agree, and refused where they do not",
  async (kind) => {
    const { store, pk } = open(kind);
    const key = { pk, sk: "a" };
    const update = (set: Record<string, unknown>): Change => ({ table: "State", update: key, set });
    const remove: Change = { table: "State", remove: key };
    await store.write([update({ one: 1 }), put({ pk, sk: "b" }), update({ two: 2 })]);
    expect(await store.get("State", key)).toEqual({ ...key, one: 1, two: 2 });
    await expect(store.write([update({ one: 3 }), update({ one: 4 })])).rejects.toThrow(Unwritable);
    await expect(store.write([put({ ...key, n: 1 }), remove])).rejects.toThrow(Unwritable);
    await store.write([remove, remove, put({ pk, sk: "c" })]);
    expect(await store.get("State", key)).toBeUndefined();
    await store.write([remove, put({ ...key, again: true })]);
    expect(await store.get("State", key)).toEqual({ ...key, again: true });
  },
);

test.each(STORES)(
  "B1: %s: the change that lost its race is named as it was given, whatever was merged before it",
  async (kind) => {
    const { store, pk } = open(kind);
    const remove: Change = { table: "State", remove: { pk, sk: "a" } };
    const guarded = put({ pk, sk: "b" }, { exists: true });
    expect((await lost(store.write([remove, remove, guarded, put({ pk, sk: "c" })]))).index).toBe(2);
  },
);

test.each(STORES)(
  "B1: %s: keys beyond DynamoDB's and values that are nested too deep are refused",
  async (kind) => {
    const { store, pk } = open(kind);
    let deep: unknown = "x";
    for (let level = 0; level < 40; level += 1) deep = [deep];
    for (const row of [
      { pk, sk: "x".repeat(1025) },
      { pk: "p".repeat(2049), sk: "a" },
      { pk, sk: "a", deep },
    ])
      await expect(store.write([put(row)])).rejects.toThrow(Unwritable);
    await store.write([put({ pk, sk: "x".repeat(1024) })]);
    expect(await store.query({ table: "State", pk })).toHaveLength(1);
  },
);
