import * as fc from "fast-check";
import { expect, test } from "vitest";
import { select, type Guest, type Selection } from "../../../core/selector/index.ts";
import { guest, selector } from "./arbitrary.ts";

const FIELDS = ["name", "tags", "pool", "template"] as const;

const some: Guest = {
  cluster: "main",
  vmid: 101,
  name: null,
  node: "pve3",
  pool: null,
  type: "qemu",
  status: "unknown",
  template: false,
  tags: [],
  unknown: [...FIELDS],
};

test.each<[Selection, string]>([
  [{ tags: "env-prod" }, "Proxmox does not tell its tags"],
  [{ tags: "NOT always-on" }, "Proxmox does not tell its tags"],
  [{ names: ["web-*"] }, "Proxmox does not tell its name"],
  [{ pools: ["acme"] }, "Proxmox does not tell its pool"],
  [{ status: "running" }, "Proxmox does not tell what it does"],
  [{ all: true }, "Proxmox does not tell whether it is a template"],
  [{ all: true, templates: true, exclude: { tags: "always-on" } }, "Proxmox does not tell its tags"],
  [[{ vmids: [999] }, { tags: "a" }], "Proxmox does not tell its tags"],
])("B13: %j: nobody knows whether a guest is meant of which nothing was told", (selection, because) => {
  expect(select(selection, [some]).choices).toEqual([{ guest: some, chosen: false, unknown: true, because }]);
});

test.each<[Selection, boolean]>([
  [{ nodes: ["pve1"], tags: "env-prod" }, false],
  [{ tags: "env-prod", types: ["lxc"] }, false],
  [{ all: true, exclude: { nodes: ["pve3"] } }, false],
  [{ vmids: [101], templates: true }, true],
  [{ status: "unknown", templates: true }, true],
  [[{ tags: "a" }, { vmids: [101], templates: true }], true],
])("B13: %j: what is known decides where it can: %s", (selection, chosen) => {
  const [choice] = select(selection, [some]).choices;
  expect(choice).toMatchObject({ chosen });
  expect(choice?.unknown).toBeUndefined();
});

/** A guest of which some fields were never told, and the same one as it is. */
const halfKnown = fc.tuple(guest, fc.subarray([...FIELDS])).map(([real, unknown]) => ({
  real,
  seen: {
    ...real,
    unknown,
    ...(unknown.includes("name") ? { name: null } : {}),
    ...(unknown.includes("tags") ? { tags: [] } : {}),
    ...(unknown.includes("pool") ? { pool: null } : {}),
    ...(unknown.includes("template") ? { template: false } : {}),
  },
}));

test("B13: a choice that is made without knowing everything is the one that would be made knowing it", () => {
  fc.assert(
    fc.property(selector, halfKnown, (given, { real, seen }) => {
      const [choice] = select(given, [seen]).choices;
      if (choice?.unknown) return;
      expect(choice?.chosen).toBe(select(given, [real]).choices[0]?.chosen);
    }),
    { numRuns: 500 },
  );
});
