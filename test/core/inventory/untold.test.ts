import * as fc from "fast-check";
import { expect, test } from "vitest";
import { toGuest, type Guest } from "../../../core/inventory/guest.ts";
import type { ResourceGuest } from "../../../core/proxmox/index.ts";

const AS_OF = "2026-11-23T12:00:00.000Z";
const LATER = "2026-11-23T12:06:00.000Z";

/** What Proxmox may say of a guest beside its place, each of it there or not. */
const unnamed = {
  template: fc.boolean(),
  tags: fc.constantFrom("always-on;moxxie", "env-prod", ""),
  pool: fc.constantFrom("acme", "beta"),
  lock: fc.constantFrom("backup", "migrate"),
  hastate: fc.constantFrom("started"),
  maxcpu: fc.nat(8),
  maxmem: fc.nat(2 ** 30),
  maxdisk: fc.nat(2 ** 30),
  cpu: fc.double({ min: 0, max: 1, noNaN: true }),
  mem: fc.nat(2 ** 30),
  uptime: fc.nat(10_000),
};
const place = { id: "qemu/101", type: "qemu" as const, vmid: 101, node: "pve1" };
const full: fc.Arbitrary<ResourceGuest> = fc
  .record({ name: fc.constantFrom("web-1", "db-2"), ...unnamed })
  .map((more) => ({ ...place, status: "running", ...more }));
const bare: fc.Arbitrary<ResourceGuest> = fc
  .record(unnamed, { requiredKeys: [] })
  .map((more) => ({ ...place, status: "unknown", ...more }));

const LASTING = ["name", "template", "tags", "pool", "lock", "haState", "cpus", "memoryBytes", "diskBytes"];
const ABSENT: Readonly<Record<string, keyof ResourceGuest>> = {
  haState: "hastate",
  cpus: "maxcpu",
  memoryBytes: "maxmem",
  diskBytes: "maxdisk",
};
const lasting = (guest: Guest): [string, unknown][] =>
  Object.entries(guest).filter(([name]) => LASTING.includes(name));

test("B13: what a row does not say stays as it was, with its age; what it says counts", () => {
  fc.assert(
    fc.property(full, bare, (first, row) => {
      const before = toGuest("main", first);
      const after = toGuest("main", row, before, AS_OF);
      const said = toGuest("main", { ...row, name: "any", status: "running" });
      for (const [field, value] of lasting(after)) {
        const told = field !== "name" && row[ABSENT[field] ?? "id"] !== undefined && field in ABSENT;
        const named = field === "template" || field === "tags" || field === "pool" || field === "lock";
        const from = told || (named && row[field] !== undefined) ? said : before;
        expect([field, value]).toEqual([field, Object(from)[field]]);
      }
      expect(after).toMatchObject({ status: "unknown", toldAt: AS_OF });
      expect(after.unknown).toBeUndefined();
    }),
  );
});

test("B13: the age of what is kept is that of the last time it was told, however often it was not", () => {
  fc.assert(
    fc.property(full, fc.array(bare, { minLength: 1, maxLength: 5 }), (first, rows) => {
      let guest = toGuest("main", rows[0] ?? first, toGuest("main", first), AS_OF);
      for (const row of rows) guest = toGuest("main", row, guest, LATER);
      expect(guest.toldAt).toBe(AS_OF);
      const again = toGuest("main", first, guest, LATER);
      expect(again).toEqual(toGuest("main", first));
    }),
  );
});

test("B13: of a guest that was never told the empty fields are named; a field that is there is known", () => {
  fc.assert(
    fc.property(bare, bare, (row, next) => {
      const first = toGuest("main", row);
      expect(first.toldAt).toBeUndefined();
      for (const field of ["name", "tags", "pool", "template"] as const)
        expect(first.unknown?.includes(field) ?? false).toBe(row[field] === undefined);
      const second = toGuest("main", next, first, AS_OF);
      for (const field of ["name", "tags", "pool", "template"] as const)
        expect(second.unknown?.includes(field) ?? false).toBe(
          row[field] === undefined && next[field] === undefined,
        );
    }),
  );
});

test("B13: a guest of another kind under the same VMID has nothing of the one before", () => {
  const before = toGuest("main", { ...place, status: "running", name: "web-1", tags: "always-on" });
  const other = toGuest("main", { ...place, type: "lxc", id: "lxc/101", status: "unknown" }, before, AS_OF);
  expect(other).toMatchObject({ name: null, tags: [], unknown: ["name", "tags", "pool", "template"] });
});

test("B13: a guest that is told and has no tags has none: an empty field is not an absent one", () => {
  const before = toGuest("main", { ...place, status: "running", name: "web-1", tags: "a", pool: "acme" });
  const after = toGuest("main", { ...place, status: "stopped", name: "web-1" }, before, AS_OF);
  expect(after).toMatchObject({ tags: [], pool: null });
  expect("toldAt" in after).toBe(false);
});
