import { expect, test } from "vitest";
import { spec as backups } from "../../../functions/api/backups/list.ts";
import { spec as storages } from "../../../functions/api/storages/list.ts";
import { spec as tags } from "../../../functions/api/tags/list.ts";
import { spec as vms } from "../../../functions/api/vms/list.ts";
import { lab } from "../../kit/lab.ts";

test.for([
  ["guests", "node", vms],
  ["guests", "pool", vms],
  ["guests", "cluster", vms],
  ["storages", "node", storages],
  ["storages", "cluster", storages],
  ["backups", "cluster", backups],
  ["tags", "cluster", tags],
] as const)("I5: a misspelt filter of %s by %s is a warning that names it", async ([, name, spec]) => {
  const stage = await lab();
  const { status, json } = await stage.call({ spec }, { query: { [name]: "nope" } });
  expect([status, json]).toMatchObject([
    200,
    {
      items: [],
      warnings: [{ code: "filter.unknown", detail: expect.stringContaining(`${name} nope`) }],
    },
  ]);
});

test("I5: a filter by what is there, with which nothing else fits, is no warning", async () => {
  const stage = await lab();
  const query = { node: "pve1", name: "nobody-is-called-so" };
  const { json } = await stage.call({ spec: vms }, { query });
  expect(json).toMatchObject({ items: [], partial: false, warnings: [] });
});
