import * as fc from "fast-check";
import { expect, test } from "vitest";
import { append, draft } from "../../../core/audit/index.ts";
import { chainKey, genesis, link, SHARDS } from "../../../core/audit/chain.ts";
import { Entry } from "../../../core/audit/entry.ts";
import { LostRace, type Change, type Store } from "../../../core/db/index.ts";
import { smallWorld } from "../world.ts";

const DAY = "2026-11-23";

async function chains(store: Store): Promise<Entry[][]> {
  const keys = Array.from({ length: SHARDS }, (_, shard) => chainKey(DAY, shard));
  const rows = await Promise.all(keys.map((pk) => store.query({ table: "Audit", pk })));
  return rows.map((chain) => chain.map((row) => Entry.parse(row)));
}

/** The place of the first entry that does not fit what stands before it; undefined for a sound chain. */
function firstBreak(shard: number, chain: readonly Entry[]): number | undefined {
  let hash = genesis(chainKey(DAY, shard));
  for (const [index, entry] of chain.entries()) {
    const { hash: shown, previousHash, ...rest } = entry;
    if (previousHash !== hash || shown !== link(hash, rest)) return index;
    hash = shown;
  }
  return undefined;
}

const deed = (n: number) => ({
  action: "vm.start",
  target: `main/${100 + n}`,
  outcome: "begun" as const,
  changes: { n, nested: { b: [1, null], a: "ü" }, gone: undefined },
});

test("writers in parallel keep every chain whole, and no entry is lost", async () => {
  const { store, world, ctx } = smallWorld();
  await Promise.all(Array.from({ length: 200 }, (_, n) => append(world, [draft(ctx, deed(n))])));
  const found = await chains(store);
  expect(found.map((chain, shard) => firstBreak(shard, chain))).toEqual(found.map(() => undefined));
  const targets = found.flat().map((entry) => entry.target);
  expect([targets.length, new Set(targets).size]).toEqual([200, 200]);
});

test("rows of a chain are numbered without a gap from zero", async () => {
  const { store, world, ctx } = smallWorld();
  for (let n = 0; n < 30; n++) await append(world, [draft(ctx, deed(n)), draft(ctx, deed(n))]);
  for (let shard = 0; shard < SHARDS; shard++) {
    const rows = await store.query({ table: "Audit", pk: chainKey(DAY, shard) });
    expect(rows.map((row) => row.sk)).toEqual(rows.map((_, index) => String(index).padStart(9, "0")));
  }
});

test("entries that are written together stand together, in one chain", async () => {
  const { store, world, ctx } = smallWorld();
  await append(world, [draft(ctx, deed(1)), draft(ctx, deed(2)), draft(ctx, deed(3))]);
  const filled = (await chains(store)).filter((chain) => chain.length > 0);
  expect(filled.map((chain) => chain.map((entry) => entry.target))).toEqual([
    ["main/101", "main/102", "main/103"],
  ]);
});

test("an entry that is changed in any one field breaks its chain there", async () => {
  const { store, world, ctx } = smallWorld();
  await append(
    world,
    Array.from({ length: 4 }, (_, n) => draft(ctx, deed(n))),
  );
  const found = await chains(store);
  const shard = found.findIndex((chain) => chain.length > 0);
  const chain = found[shard] ?? [];
  const names = Object.keys(chain[0] ?? {});
  fc.assert(
    fc.property(fc.nat(3), fc.constantFrom(...names), (index, name) => {
      const forged = chain.map((entry, at) => {
        if (at !== index) return entry;
        const value: unknown = Object.entries(entry).find(([key]) => key === name)?.[1];
        return { ...entry, [name]: typeof value === "string" ? `${value}x` : { forged: true } };
      });
      expect(firstBreak(shard, forged)).toBe(index);
    }),
  );
  expect(firstBreak(shard, chain.toSpliced(1, 1))).toBe(1);
  expect(firstBreak(shard, chain.toReversed())).toBe(0);
});

test("changes go with their entry or not at all, and a race that they lose is the caller's", async () => {
  const { store, world, ctx } = smallWorld();
  const change = (holder: string): Change => ({
    table: "Runtime",
    put: { pk: "lock", sk: "lock", holder },
    when: { exists: false },
  });
  const other: Change = { table: "State", put: { pk: "x", sk: "x" } };
  await append(world, [draft(ctx, deed(1))], [change("first")]);
  const second = append(world, [draft(ctx, deed(2))], [other, change("second")]);
  await expect(second).rejects.toMatchObject({ index: 1, current: { holder: "first" } });
  await expect(second).rejects.toBeInstanceOf(LostRace);
  expect((await chains(store)).flat()).toHaveLength(1);
  expect(await store.get("State", { pk: "x", sk: "x" })).toBeUndefined();
});

test("a place that another writer took is no failure of the changes", async () => {
  const { world, store, ctx } = smallWorld();
  const work = Array.from({ length: 60 }, (_, n) =>
    append(
      world,
      [draft(ctx, deed(n))],
      [{ table: "Runtime", put: { pk: "r", sk: String(n) }, when: { exists: false } }],
    ),
  );
  await Promise.all(work);
  expect(await store.query({ table: "Runtime", pk: "r" })).toHaveLength(60);
  expect((await chains(store)).flat()).toHaveLength(60);
});

test("without an entry the changes are written as they are", async () => {
  const { world, store } = smallWorld();
  await append(world, [], [{ table: "State", put: { pk: "x", sk: "x" } }]);
  expect(await store.get("State", { pk: "x", sk: "x" })).toBeDefined();
});

test("J: the hash is of the entry's values, not of the order in which a table or a parser gives its keys", () => {
  const { ctx } = smallWorld();
  const entry = draft(ctx, deed(1));
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, one]) => [key, turned(one)]),
    );
  };
  const read = Entry.omit({ hash: true, previousHash: true }).parse(turned(entry));
  expect(Object.keys(turned(entry) ?? {})).not.toEqual(Object.keys(entry));
  expect(link("before", read)).toBe(link("before", entry));
  expect(link("before", { ...entry, changes: { nested: { a: "ü", b: [1, null] }, n: 1 } })).toBe(
    link("before", entry),
  );
});
