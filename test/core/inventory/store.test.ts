import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import type { World } from "../../../core/context.ts";
import type { Change, Reading } from "../../../core/db/index.ts";
import type { Listing } from "../../../core/inventory/listing.ts";
import { toGuest, type Guest } from "../../../core/inventory/guest.ts";
import { doubt, save } from "../../../core/inventory/save.ts";
import { load, loadGuest, loadHeader, loadProfile } from "../../../core/inventory/store.ts";
import { smallWorld } from "../world.ts";

const START = Date.parse("2026-11-23T12:00:00Z");
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
/** What is said of a listing that lacks nothing. */
const WHOLE = {
  suspect: null,
  sight: "all",
  failure: null,
  outdated: false,
  untold: { never: 0, old: 0, oldest: null },
};
const NODES = [{ name: "pve1", online: true }];

/** A guest whose name and figures differ from any other's, as hard to pack as they come. */
const guest = (vmid: number, more: Partial<Guest> = {}): Guest => ({
  ...toGuest("main", {
    id: `qemu/${vmid}`,
    type: "qemu",
    vmid,
    node: `pve${1 + (vmid % 12)}`,
    status: "running",
    name: `${Math.abs(Math.sin(vmid)).toString(36).slice(2, 14)}.example.org`,
    template: false,
    tags: `client-${vmid % 90};env-${vmid % 3};moxxie`,
    maxmem: 2 ** (30 + (vmid % 4)),
    cpu: Math.abs(Math.cos(vmid)),
    mem: vmid * 7919,
    uptime: vmid * 31,
  }),
  ...more,
});

const listing = (guests: readonly Guest[], seconds = 0): Listing => ({
  asOf: at(seconds),
  guests,
  nodes: NODES,
});
const many = (count: number) => Array.from({ length: count }, (_, n) => guest(100 + n * 10));

/** Keeps a listing as a poll does. */
async function keep(world: World, wanted: Listing) {
  await save(world, "main", wanted, await loadHeader(world, "main"));
}

/** A store that tells what is written and read. */
function counted() {
  const small = smallWorld();
  const changes: Change[] = [];
  const reads: (Reading | undefined)[] = [];
  const store: World["store"] = {
    ...small.store,
    write: async (all) => {
      changes.push(...all);
      await small.store.write(all);
    },
    get: async (table, key, how) => {
      reads.push(how);
      return small.store.get(table, key, how);
    },
  };
  return { ...small, world: { ...small.world, store }, changes, reads };
}

const sizeOf = (row: unknown) => Buffer.byteLength(JSON.stringify(row));
const keys = (changes: readonly Change[]) =>
  changes.map((change) =>
    "put" in change ? change.put.sk : "remove" in change ? `-${change.remove.sk}` : "?",
  );

test("ten thousand guests come back as they were kept, and no more of them than were kept last", async () => {
  const { world } = smallWorld();
  const long = listing(many(10_000));
  await keep(world, long);
  expect(await load(world, "main")).toEqual({ ...long, ...WHOLE });
  const short = listing(many(9000).slice(500), 60);
  await keep(world, short);
  expect(await load(world, "main")).toEqual({ ...short, ...WHOLE });
  await keep(world, listing([], 120));
  expect(await load(world, "main")).toEqual({ ...listing([], 120), ...WHOLE });
  expect(await load(world, "other")).toBeUndefined();
});

test("of ten thousand guests one is read in a row of less than four kilobytes", async () => {
  const { world, store, reads } = counted();
  await keep(world, listing(many(10_000)));
  const buckets = (await store.query({ table: "State", pk: "inventory#main", prefix: "guests#" })).map(
    sizeOf,
  );
  expect(Math.max(...buckets)).toBeLessThan(4096);
  expect(sizeOf(await store.get("State", { pk: "inventory#main", sk: "header" }))).toBeLessThan(4096);
  reads.length = 0;
  const { cpuUsage: _, memoryUsedBytes: __, uptimeSeconds: ___, ...profile } = guest(5000);
  expect(await loadProfile(world, "main", 5000, { eventual: true })).toEqual(profile);
  expect(reads).toEqual([{ eventual: true }]);
  expect(await loadProfile(world, "main", 5001)).toBeUndefined();
});

test("one guest is the same alone and in the list", async () => {
  const { world } = smallWorld();
  await keep(world, listing(many(300)));
  const all = await load(world, "main");
  for (const vmid of [100, 1100, 3090])
    expect(await loadGuest(world, "main", vmid)).toEqual(all?.guests.find((one) => one.vmid === vmid));
  expect(await loadGuest(world, "main", 99)).toBeUndefined();
});

test("a listing writes only what has changed", async () => {
  const { world, changes } = counted();
  const guests = many(500);
  await keep(world, listing(guests));
  changes.length = 0;
  await keep(world, listing(guests, 10));
  expect(keys(changes)).toEqual(["header"]);
  changes.length = 0;
  await keep(world, listing([guest(100, { node: "pve9" }), ...guests.slice(1)], 20));
  expect(keys(changes)).toEqual(["header", "guests#100"]);
  expect(await loadProfile(world, "main", 100)).toMatchObject({ node: "pve9" });
});

test("figures are written once a minute, however often the guests are listed", async () => {
  const { world } = smallWorld();
  const busy = guest(100, { cpuUsage: 0.9 });
  await keep(world, listing([guest(100, { cpuUsage: 0.1 })]));
  await keep(world, listing([busy], 10));
  expect((await load(world, "main"))?.guests[0]?.cpuUsage).toBe(0.1);
  await keep(world, listing([busy], 60));
  expect((await load(world, "main"))?.guests[0]?.cpuUsage).toBe(0.9);
});

test("of two listings that are kept at once one is, whole", async () => {
  const { world, lines } = smallWorld();
  await keep(world, listing(many(2000)));
  const before = await loadHeader(world, "main");
  const [one, other] = [listing(many(1900), 60), listing(many(1950), 61)];
  await Promise.all([save(world, "main", one, before), save(world, "main", other, before)]);
  const kept = await load(world, "main");
  expect([one, other].map((each) => ({ ...each, ...WHOLE }))).toContainEqual(kept);
  expect(lines.filter((line) => line.includes("another listing"))).toHaveLength(1);
});

test("a listing of which a part is missing is none", async () => {
  const { world, store } = smallWorld();
  await keep(world, listing(many(3)));
  await store.write([{ table: "State", remove: { pk: "inventory#main", sk: "guests#100" } }]);
  expect(await load(world, "main")).toBeUndefined();
});

test("a long listing whose writer died halfway is no newer than the one before, and the next one mends it", async () => {
  const { world, store } = smallWorld();
  await keep(world, listing(many(2000)));
  const moved = many(2000).map((one) => ({ ...one, node: "pve7" }));
  let left = 8;
  const dying = {
    ...world,
    store: {
      ...store,
      write: async (changes: readonly Change[]) => {
        if (left-- === 0) throw new Error("killed");
        await store.write(changes);
      },
    },
  };
  await expect(keep(dying, listing(moved, 60))).rejects.toThrow("killed");
  const half = await load(world, "main");
  expect(half?.asOf).toBe(at(0));
  expect(new Set(half?.guests.map(({ node }) => node)).size).toBeGreaterThan(1);
  await keep(world, listing(moved, 120));
  expect(await load(world, "main")).toEqual({ ...listing(moved, 120), ...WHOLE });
});

test("a listing that is not believed and tells of no guest leaves them as they were known, and as old", async () => {
  const { world } = smallWorld();
  await keep(world, listing(many(10)));
  const before = await loadHeader(world, "main");
  if (!before) throw new Error("no header");
  await doubt(world, "main", before, { suspect: at(60), sight: "all", sightAt: null });
  expect(await load(world, "main")).toEqual({
    ...listing(many(10)),
    ...WHOLE,
    suspect: at(60),
  });
});

test("what another version kept is not read, and is gone with the next listing", async () => {
  const { world, store } = smallWorld();
  const old = { asOf: at(0), guests: 3, chunks: 1, suspect: null };
  await store.write([{ table: "State", put: { pk: "inventory#main", sk: "header", ...old } }]);
  await store.write([{ table: "State", put: { pk: "inventory#main", sk: "chunk#000", data: "…" } }]);
  expect(await load(world, "main")).toBeUndefined();
  await keep(world, listing(many(3), 60));
  expect(await load(world, "main")).toEqual({ ...listing(many(3), 60), ...WHOLE });
  expect(await store.query({ table: "State", pk: "inventory#main", prefix: "chunk#" })).toEqual([]);
});

test("a list that was read before is read anew where a guest has changed", async () => {
  const { world } = smallWorld();
  await keep(world, listing(many(300)));
  const first = await load(world, "main");
  const moved = [guest(100, { node: "pve9" }), ...many(300).slice(1)];
  await keep(world, listing(moved, 60));
  expect((await load(world, "main"))?.guests).toEqual(moved);
  expect(first?.guests).toEqual(many(300));
});

test("two clusters with the same guests are not taken for each other", async () => {
  const { world } = smallWorld();
  await keep(world, listing(many(3)));
  await save(world, "other", listing(many(3)));
  const ids = async (cluster: string) => (await load(world, cluster))?.guests.map(({ id }) => id);
  expect(await ids("main")).toEqual(["main/100", "main/110", "main/120"]);
  expect(await ids("other")).toEqual(["other/100", "other/110", "other/120"]);
});

test("what one reader does to a guest no other reader sees", async () => {
  const { world } = smallWorld();
  await keep(world, listing([guest(100)]));
  const [mine] = (await load(world, "main"))?.guests ?? [];
  expect(mine).toBeDefined();
  if (mine) Object.assign(mine, { name: "changed" });
  expect(() => mine?.tags.push("changed")).toThrow(TypeError);
  expect((await load(world, "main"))?.guests).toEqual([guest(100)]);
});

/** A guest as columns, in the order in which they are kept. */
const COLUMNS: readonly unknown[] = [
  [100],
  ["qemu"],
  ["web"],
  ["pve1"],
  ["running"],
  [false],
  [["a", "b"]],
  [null],
  [2],
  [1024],
  [2048],
  [null],
  ["started"],
  [null],
  [null],
];

/** A store in whose only bucket these columns are. */
async function holding(columns: unknown) {
  const { world, store } = smallWorld();
  await keep(world, listing([guest(100)]));
  const data = deflateRawSync(JSON.stringify(columns)).toString("base64");
  await store.write([{ table: "State", put: { pk: "inventory#main", sk: "guests#100", data } }]);
  return world;
}

test("a bucket that was kept is read", async () => {
  expect(await loadProfile(await holding(COLUMNS), "main", 100)).toEqual({
    id: "main/100",
    cluster: "main",
    vmid: 100,
    type: "qemu",
    name: "web",
    node: "pve1",
    status: "running",
    template: false,
    tags: ["a", "b"],
    pool: null,
    cpus: 2,
    memoryBytes: 1024,
    diskBytes: 2048,
    lock: null,
    haState: "started",
  });
});

const wrong: readonly [string, number, unknown, string][] = [
  ["a VMID that is no whole number", 0, [100.5], "vmid"],
  ["a kind that nobody knows", 1, ["vm"], "type"],
  ["a name that is a number", 2, [7], "name"],
  ["no node", 3, [null], "node"],
  ["a status that nobody knows", 4, ["asleep"], "status"],
  ["a template that is neither yes nor no", 5, [0], "template"],
  ["tags that are one text", 6, ["a"], "tags"],
  ["a tag that is no text", 6, [[1]], "tags"],
  ["a number that is a text", 8, ["2"], "cpus"],
  ["a column that is too short", 10, [], "shorter"],
  ["a column that is none", 11, null, "lock"],
];

test.each(wrong)("a bucket with %s is an error, never a guest", async (_, column, values, told) => {
  const world = await holding(COLUMNS.with(column, values));
  await expect(load(world, "main")).rejects.toThrow(told);
  await expect(loadProfile(world, "main", 100)).rejects.toThrow(told);
});
