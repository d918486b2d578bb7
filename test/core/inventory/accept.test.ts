import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Listing } from "../../../core/inventory/ask.ts";
import { splitTags, toGuest } from "../../../core/inventory/guest.ts";
import { accept } from "../../../core/inventory/poll.ts";
import { load, save, type Kept } from "../../../core/inventory/store.ts";
import { smallWorld } from "../world.ts";

const START = Date.parse("2026-11-23T12:00:00Z");

const guest = (vmid: number, name = `g${vmid}`) =>
  toGuest("main", {
    id: `qemu/${vmid}`,
    type: "qemu",
    vmid,
    node: "pve1",
    status: "running",
    name,
    template: false,
  });

const listing = (count: number, seconds = 0): Listing => ({
  asOf: new Date(START + seconds * 1000).toISOString(),
  guests: Array.from({ length: count }, (_, n) => guest(100 + n)),
  nodes: [{ name: "pve1", online: true }],
});
const kept = (count: number, suspect: string | null = null): Kept => ({ ...listing(count), suspect });

test.each([
  [10, 10, false],
  [10, 20, false],
  [10, 8, false],
  [10, 7, true],
  [10, 1, true],
  [10, 0, true],
  [1, 0, true],
  [0, 0, false],
  [0, 5, false],
])("after %d guests a list of %d is suspect: %s", (before, now, suspect) => {
  const result = accept(kept(before), listing(now, 60));
  expect(result.guests).toHaveLength(suspect ? before : now);
  expect(result.suspect).toBe(suspect ? listing(now, 60).asOf : null);
  expect(result.asOf).toBe(listing(now, 60).asOf);
});

test("the first list of a cluster is taken, even an empty one", () => {
  expect(accept(undefined, listing(0))).toEqual(kept(0));
});

test("a shrunken list is believed once it has stayed so for ten minutes, an empty one never", () => {
  const first = accept(kept(10), listing(2, 60));
  const nearly = accept(first, listing(2, 60 + 599));
  expect([nearly.guests.length, nearly.suspect]).toEqual([10, first.suspect]);
  const believed = accept(nearly, listing(2, 60 + 600));
  expect([believed.guests.length, believed.suspect]).toEqual([2, null]);
  const empty = accept(accept(kept(10), listing(0, 60)), listing(0, 999_999));
  expect([empty.guests.length, empty.suspect]).toEqual([10, listing(0, 60).asOf]);
});

test("a list that is whole again ends the doubt, and a later one begins from anew", () => {
  const doubted = accept(kept(10), listing(2, 60));
  const healed = accept(doubted, listing(10, 120));
  expect(healed.suspect).toBeNull();
  expect(accept(healed, listing(2, 10_000)).guests).toHaveLength(10);
});

test("what is kept never has less than four fifths of what was known, within ten minutes of doubt", () => {
  const steps = fc.array(fc.nat(50), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(steps, (counts) => {
      let now: Kept = kept(50);
      for (const [index, count] of counts.entries()) {
        const next = accept(now, listing(count, (index + 1) * 60));
        expect(next.guests.length).toBeGreaterThanOrEqual(now.guests.length * 0.8);
        now = next;
      }
    }),
  );
});

test("a listing comes back as it was kept, in several rows when it is long, and shorter ones leave nothing behind", async () => {
  const { world, store } = smallWorld();
  const noise = (vmid: number) =>
    Array.from({ length: 40 }, (_, n) => Math.sin(vmid * 41 + n).toString(36)).join("");
  const long: Kept = { ...kept(0), guests: Array.from({ length: 1500 }, (_, n) => guest(100 + n, noise(n))) };
  await save(world, "main", long);
  expect(store.dump().length).toBeGreaterThan(2);
  expect(await load(world, "main")).toEqual(long);
  const short = { ...listing(3, 60), suspect: listing(3, 5).asOf };
  await save(world, "main", short);
  expect(await load(world, "main")).toEqual(short);
  expect(await load(world, "other")).toBeUndefined();
});

test("a listing of which a part is missing is none", async () => {
  const { world, store } = smallWorld();
  await save(world, "main", kept(3));
  await store.write([{ table: "State", remove: { pk: "inventory#main", sk: "chunk#000" } }]);
  expect(await load(world, "main")).toBeUndefined();
});

test("tags are parted by what Proxmox takes for a separator, and none is empty", () => {
  expect(splitTags("a;b,c d;;e\t")).toEqual(["a", "b", "c", "d", "e"]);
  expect([splitTags(undefined), splitTags(""), splitTags(" ; ")]).toEqual([[], [], []]);
});

test("a guest of whom Proxmox says nothing more keeps its place, with nulls", () => {
  const bare = toGuest("main", {
    id: "lxc/7",
    type: "lxc",
    vmid: 107,
    node: "pve2",
    status: "dreaming",
    template: false,
  });
  expect(bare).toMatchObject({
    id: "main/107",
    status: "unknown",
    name: null,
    tags: [],
    lock: null,
    memoryBytes: null,
  });
});
