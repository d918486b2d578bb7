import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Listing } from "../../../core/inventory/listing.ts";
import { toGuest } from "../../../core/inventory/guest.ts";
import { suspectSince } from "../../../core/inventory/poll.ts";

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

/** When so many guests were listed; seconds since the start. */
const listing = (count: number, seconds = 0): Listing => ({
  asOf: new Date(START + seconds * 1000).toISOString(),
  guests: Array.from({ length: count }, (_, n) => guest(100 + n)),
  nodes: [{ name: "pve1", online: true }],
});

const known = (guests: number, suspect: string | null = null) => ({ guests, suspect });

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
  expect(suspectSince(known(before), listing(now, 60))).toBe(suspect ? listing(now, 60).asOf : null);
});

test("the first list of a cluster is taken, even an empty one", () => {
  expect(suspectSince(undefined, listing(0))).toBeNull();
});

test("a shrunken list is believed once it has stayed so for ten minutes, an empty one never", () => {
  const first = suspectSince(known(10), listing(2, 60));
  expect(suspectSince(known(10, first), listing(2, 60 + 599))).toBe(first);
  expect(suspectSince(known(10, first), listing(2, 60 + 600))).toBeNull();
  expect(suspectSince(known(10, first), listing(0, 999_999))).toBe(first);
});

test("a list that is whole again ends the doubt, and a later one begins from anew", () => {
  const doubted = suspectSince(known(10), listing(2, 60));
  expect(suspectSince(known(10, doubted), listing(10, 120))).toBeNull();
  expect(suspectSince(known(10), listing(2, 10_000))).toBe(listing(2, 10_000).asOf);
});

test("what is kept never has less than four fifths of what was known, within ten minutes of doubt", () => {
  const steps = fc.array(fc.nat(50), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(steps, (counts) => {
      let now = known(50);
      for (const [index, count] of counts.entries()) {
        const suspect = suspectSince(now, listing(count, (index + 1) * 60));
        const next = { guests: suspect === null ? count : now.guests, suspect };
        expect(next.guests).toBeGreaterThanOrEqual(now.guests * 0.8);
        now = next;
      }
    }),
  );
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
