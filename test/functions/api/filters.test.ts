import { expect, test } from "vitest";
import { spec as audit } from "../../../functions/api/audit/list.ts";
import { spec as backups } from "../../../functions/api/backups/list.ts";
import { spec as coverage } from "../../../functions/api/backups/coverage.ts";
import { spec as operations } from "../../../functions/api/operations/list.ts";
import { spec as storages } from "../../../functions/api/storages/list.ts";
import { spec as tags } from "../../../functions/api/tags/list.ts";
import { spec as vms } from "../../../functions/api/vms/list.ts";
import { lab } from "../../kit/lab.ts";
import { made } from "./jobs/stage.ts";
import { begun } from "./operations/stage.ts";

test.for([
  ["guests", "node", vms],
  ["guests", "pool", vms],
  ["guests", "cluster", vms],
  ["guests", "name", vms],
  ["storages", "node", storages],
  ["storages", "cluster", storages],
  ["storages", "type", storages],
  ["storages", "content", storages],
  ["backups", "cluster", backups],
  ["backups", "node", backups],
  ["backups", "storage", backups],
  ["coverage", "cluster", coverage],
  ["operations", "kind", operations],
  ["operations", "actor", operations],
  ["operations", "jobId", operations],
  ["the audit log", "actor", audit],
  ["the audit log", "action", audit],
  ["the audit log", "target", audit],
  ["the audit log", "operation", audit],
  ["tags", "cluster", tags],
  ["tags", "category", tags],
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
  const query = { node: "pve1", name: "web-*", status: "unknown" };
  const { json } = await stage.call({ spec: vms }, { query });
  expect(json).toMatchObject({ items: [], partial: false, warnings: [] });
});

test("I5: a job without operations, a storage and a node without backups are no misspelt filters", async () => {
  const stage = await lab();
  stage.simulator.state.volumes = [];
  await begun(stage);
  const job = await made(stage);
  const calls = [
    [operations, { jobId: job.id }],
    [operations, { kind: "bulk.snapshot", state: "failed" }],
    [audit, { action: "job.create", decision: "refused" }],
    [backups, { storage: "local", node: "pve2" }],
    [storages, { type: "dir", health: "critical" }],
  ] as const;
  for (const [spec, query] of calls) {
    const { json } = await stage.call({ spec }, { query });
    expect(json).toMatchObject({ items: [], warnings: [] });
  }
});

test.for([
  ["guests", vms],
  ["backups", backups],
  ["coverage", coverage],
] as const)(
  "I5: a tag that nobody carries, in an expression for %s, is a warning that names it",
  async ([, spec]) => {
    const stage = await lab();
    const query = { tags: "env-* AND nope AND NOT prod-*" };
    const { status, json } = await stage.call({ spec }, { query });
    expect([status, json]).toMatchObject([
      200,
      { items: [], warnings: [{ code: "filter.unknown", detail: expect.stringMatching(/tag nope$/) }, {}] },
    ]);
  },
);

test("I5, D3: a status that no listing tells is a warning that says who does", async () => {
  const stage = await lab();
  const { json } = await stage.call({ spec: vms }, { query: { status: "paused" } });
  expect(json).toMatchObject({
    items: [],
    warnings: [{ code: "filter.unknown", detail: expect.stringContaining("status paused") }],
  });
});
