import { growth, LINEAR } from "../../kit/growth.ts";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Selection, select, type Guest } from "../../../core/selector/index.ts";
import { exclusion, guest, plain, selector } from "./arbitrary.ts";

const web: Guest = {
  cluster: "main",
  vmid: 101,
  name: "web-07",
  node: "pve1",
  pool: "acme",
  type: "qemu",
  status: "running",
  template: false,
  tags: ["env-prod", "always-on"],
};
const db: Guest = {
  ...web,
  vmid: 102,
  name: "DB-01",
  node: "pve2",
  type: "lxc",
  status: "stopped",
  tags: [],
};
const bare: Guest = { ...db, cluster: "lab", vmid: 101, name: undefined, pool: undefined };
const golden: Guest = { ...web, vmid: 9000, name: "golden", template: true };
const world = [web, db, bare, golden];

test.each<[Selection, Guest, boolean, string]>([
  [{ all: true }, web, true, "all guests are selected"],
  [{ all: true, clusters: ["lab"] }, web, false, "in cluster main, not lab"],
  [{ clusters: ["lab", "main"] }, web, true, "in cluster main"],
  [{ vmids: [101] }, web, true, "vmid 101 is listed"],
  [{ vmids: [101] }, db, false, "vmid 102 is not listed"],
  [{ names: ["x", "WEB-*"] }, web, true, "name web-07 fits WEB-*"],
  [{ names: ["db-??"] }, db, true, "name DB-01 fits db-??"],
  [{ names: ["web-*", "app"] }, db, false, "name DB-01 fits no web-* or app"],
  [{ names: ["*"] }, bare, false, "has no name"],
  [{ tags: "env-*" }, web, true, "has env-prod"],
  [{ tags: "env-*" }, db, false, "has no env-*"],
  [{ tags: "NOT always-on" }, web, false, "has always-on, which the expression excludes"],
  [{ pools: ["acme"] }, web, true, "in pool acme"],
  [{ pools: ["beta"] }, web, false, "in pool acme, not beta"],
  [{ pools: ["beta"] }, bare, false, "in no pool"],
  [{ nodes: ["pve2", "pve3"] }, web, false, "on node pve1, not pve2 or pve3"],
  [{ types: ["qemu"] }, db, false, "of type lxc, not qemu"],
  [{ status: "running" }, db, false, "is stopped, not running"],
  [{ status: "running", nodes: ["pve1"] }, web, true, "on node pve1, is running"],
  [{ status: "running", nodes: ["pve2"] }, web, false, "on node pve1, not pve2"],
  [{ all: true, exclude: { tags: "always-on" } }, web, false, "excluded: has always-on"],
  [{ all: true, exclude: { tags: "always-on" } }, db, true, "all guests are selected"],
  [{ all: true, exclude: { tags: "always-on", nodes: ["pve2"] } }, web, true, "all guests are selected"],
  [{ all: true }, golden, false, "is a template; they are left out unless templates: true"],
  [{ vmids: [9000] }, golden, false, "is a template; they are left out unless templates: true"],
  [{ vmids: [9000], templates: true }, golden, true, "vmid 9000 is listed"],
  [[{ vmids: [999] }, { tags: "env-*" }], web, true, "has env-prod"],
  [[{ vmids: [999] }, { tags: "env-*" }], db, false, "vmid 102 is not listed; has no env-*"],
  [[{ tags: "a" }, { tags: "a" }], db, false, "has no a"],
  [[{ all: true, exclude: { nodes: ["pve1"] } }, { vmids: [101] }], web, true, "vmid 101 is listed"],
])("%j: guest %#", (selection, guest, chosen, because) => {
  expect(Selection.parse(selection)).toEqual(selection);
  expect(select(selection, [guest]).choices).toEqual([{ guest, chosen, because }]);
});

test("a vmid that no guest has is told, one that another field rules out is not", () => {
  expect(select({ vmids: [101, 102, 777], tags: "nothing" }, world).missing).toEqual([{ vmid: 777 }]);
});

test("a missing vmid carries its cluster when the selector names one, and is told once", () => {
  const selection = [
    { vmids: [102, 777], clusters: ["lab"] },
    { vmids: [777, 102], clusters: ["lab"] },
    { vmids: [777] },
  ];
  expect(select(selection, world).missing).toEqual([
    { vmid: 102, cluster: "lab" },
    { vmid: 777, cluster: "lab" },
    { vmid: 777 },
  ]);
  expect(select({ vmids: [102, 777], clusters: ["lab", "main"] }, world).missing).toEqual([{ vmid: 777 }]);
});

test("a vmid in an exclusion is not asked for, so it is never missing", () => {
  expect(select({ all: true, exclude: { vmids: [777] } }, world).missing).toEqual([]);
});

test("callers get their own objects back, in order", () => {
  const mine = world.map((guest, index) => ({ ...guest, index }));
  const { choices } = select({ all: true }, mine);
  expect(choices.map(({ guest }) => guest.index)).toEqual([0, 1, 2, 3]);
  expect(choices[0]?.guest).toBe(mine[0]);
});

test.each<Selection>([
  {},
  [],
  { clusters: [] },
  { all: true, exclude: {} },
  { all: true, exclude: { names: [] } },
])("%j, had it come past the schema, throws and chooses nobody", (selection) => {
  expect(() => select(selection, world)).toThrow(TypeError);
});

test("an unreadable exclusion, had it come past the schema, throws instead of excluding nobody", () => {
  expect(() => select({ all: true, exclude: { tags: "a b" } }, world)).toThrow("column 3");
});

test("a list takes exactly what one of its selectors takes, so adding one never loses a guest", () => {
  fc.assert(
    fc.property(selector, selector, fc.array(guest), (one, other, guests) => {
      const union = chosen([one, other], guests);
      expect(union).toEqual(chosen(one, guests).union(chosen(other, guests)));
    }),
  );
});

test("what an exclusion fits is never taken, and nothing else is lost to it", () => {
  fc.assert(
    fc.property(plain, exclusion, fc.array(guest), (given, exclude, guests) => {
      const fits = chosen({ ...exclude, templates: true }, guests);
      expect(chosen({ ...given, exclude }, guests)).toEqual(chosen(given, guests).difference(fits));
    }),
  );
});

test("another field only narrows, another value only widens", () => {
  fc.assert(
    fc.property(plain, fc.array(guest), (given, guests) => {
      const fewer = chosen({ ...given, nodes: ["pve1"] }, guests);
      const more = chosen({ ...given, nodes: ["pve1", "pve2"] }, guests);
      expect(fewer.isSubsetOf(more)).toBe(true);
      expect(chosen({ types: ["qemu"], ...given }, guests).isSubsetOf(chosen(given, guests))).toBe(true);
    }),
  );
});

test("no template is taken unless asked for, and every guest has a choice with a reason", () => {
  fc.assert(
    fc.property(selector, fc.array(guest), (given, guests) => {
      const { choices } = select(given, guests);
      expect(choices.map(({ guest }) => guest)).toEqual(guests);
      for (const { guest, chosen, because } of choices) {
        expect(because).not.toBe("");
        expect(chosen && guest.template && !given.templates).toBe(false);
      }
    }),
  );
});

test("what the properties generate is what the schema takes", () => {
  fc.assert(
    fc.property(selector, (given) => {
      expect(Selection.parse(given)).toEqual(given);
    }),
  );
});

test("time grows with the number of guests and of vmids that are named", () => {
  const all = Array.from({ length: 10_000 }, (_, index) => ({ ...web, vmid: 100 + index }));
  const work = (count: number) => {
    const guests = all.slice(0, count);
    const vmids = guests.map(({ vmid }) => vmid);
    return select(
      [
        { vmids, tags: "env-* AND NOT always-on" },
        { vmids, names: ["*-08"] },
      ],
      guests,
    );
  };
  expect(work(10_000).choices.some(({ chosen }) => chosen)).toBe(false);
  expect(growth(work, 1_250)).toBeLessThan(LINEAR);
});

function chosen(selection: Selection, guests: readonly Guest[]): Set<Guest> {
  const { choices } = select(selection, guests);
  return new Set(choices.filter(({ chosen }) => chosen).map(({ guest }) => guest));
}
