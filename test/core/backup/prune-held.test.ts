import * as z from "zod";
import { expect, test } from "vitest";
import { spec } from "../../../functions/api/backups/prune.ts";
import * as CreateJob from "../../../functions/api/jobs/create.ts";
import * as RunJob from "../../../functions/api/jobs/run.ts";
import * as Runs from "../../../functions/api/jobs/runs.ts";
import * as OperationRoute from "../../../functions/api/operations/get.ts";
import { placeBackup } from "../../kit/backup.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { auditOf, carriedOut, writesTo } from "../../kit/proof.ts";
import { retag } from "../../kit/retag.ts";

/** A stage whose guests 101 and 102 have five backups each. */
async function withFive(...options: Parameters<typeof lab>): Promise<Lab> {
  const stage = await lab(...options);
  stage.simulator.state.volumes = stage.simulator.state.volumes.filter(({ content }) => content !== "backup");
  for (const vmid of [101, 102])
    for (const day of ["19", "20", "21", "22", "23"]) placeBackup(stage, vmid, `2026-11-${day}T02:00:00Z`);
  await retag(stage, { 101: "moxxie", 102: "moxxie" });
  return stage;
}

const params = { keep: { last: 1 } };
const select = { vmids: [102] };

/** Prunes, and gives the operation as it is shown in the end, and its items. */
async function prune(stage: Lab, more: Record<string, unknown> = {}) {
  const answer = await stage.call({ spec }, { body: { select, ...params, ...more } });
  const { operation, items } = await carriedOut(stage, answer);
  const { json } = await stage.call(OperationRoute, { path: { operation: operation.id } });
  return { operation: json, items };
}

/** What the audit log says was refused. */
const refusals = async (stage: Lab) =>
  (await auditOf(stage, { action: "backup.delete" })).filter(({ decision }) => decision === "refused");

test("B9: a prune that safe mode refuses is skipped, says why and is audited; so is the run of a job", async () => {
  const stage = await withFive();
  await retag(stage, { 102: "foreign" });
  const { operation, items } = await prune(stage);
  expect(operation).toMatchObject({ state: "skipped", progress: { total: 1, skipped: 1 }, reason: null });
  const item = { state: "skipped", vm: { id: "main/102" }, error: { code: "safe-mode.refused" } };
  expect(items).toMatchObject([item]);
  expect(await refusals(stage)).toMatchObject([{ target: "main/102", outcome: "skipped" }]);
  const body = { name: "thin", kind: "backup-prune", schedule: "0 13 * * *", select, params };
  const made = await stage.call(CreateJob, { body });
  const path = { job: z.object({ id: z.string() }).parse(made.json).id };
  await carriedOut(stage, await stage.call(RunJob, { path }));
  const { json } = await stage.call(Runs, { path });
  expect(json).toMatchObject({ items: [{ state: "skipped" }] });
  expect(writesTo(stage)).toEqual({});
});

test("B9: a prune of which the guard holds all back is skipped, says why and is audited", async () => {
  const stage = await withFive();
  await prune(stage, { keep: { last: 5 } });
  const gone = stage.simulator.state.volumes.filter(
    ({ vmid, content }) => content === "backup" && vmid === 101,
  );
  stage.simulator.state.volumes = stage.simulator.state.volumes.filter((one) => !gone.includes(one));
  const { operation, items } = await prune(stage);
  expect(operation).toMatchObject({ state: "skipped", progress: { total: 1 }, reason: null });
  expect(items).toMatchObject([{ state: "skipped", error: { code: "policy.shrunken" } }]);
  expect(await refusals(stage)).toMatchObject([{ target: "main/102" }]);
});

test("B9: a guest whose newest backup did not verify is told beside those of which backups go", async () => {
  const stage = await withFive();
  Object.assign(stage.simulator.state.storages["backup"] ?? {}, { type: "pbs" });
  const verification = { state: "failed" as const, upid: "" };
  placeBackup(stage, 101, "2026-11-23T03:00:00Z", { verification });
  const { operation, items } = await prune(stage, { select: { vmids: [101, 102] } });
  expect(operation).toMatchObject({ state: "succeeded", progress: { succeeded: 4, skipped: 1 } });
  const told = items.filter(({ state }) => state === "skipped");
  expect(told).toMatchObject([{ vm: { id: "main/101" }, error: { code: "backup.newest-failed" } }]);
});

test("B9: a prune that has nothing to do does not say that its selector fits no guest", async () => {
  const stage = await withFive();
  const { operation } = await prune(stage, { keep: { last: 9 } });
  expect(operation).toMatchObject({ state: "succeeded", reason: "no backup that is seen has to go" });
  const nobody = await prune(stage, { select: { tags: "nobody-has-this" } });
  expect(nobody.operation).toMatchObject({ reason: "the selector fits no guest" });
});

test("B9: what is pruned by override is shown and audited as that", async () => {
  const stage = await withFive();
  await retag(stage, { 102: "foreign" });
  const request = { query: { dryRun: "true" }, body: { select, ...params, override: true } };
  const because = expect.stringContaining("overridden");
  const going = { keep: false, because };
  expect((await stage.call({ spec }, request)).json).toMatchObject({
    items: [{ keep: true }, going, going, going, going],
  });
  await prune(stage, { override: true });
  const rows = await auditOf(stage, { action: "backup.delete" });
  const done = rows.filter(({ outcome }) => outcome === "succeeded");
  expect(done.map(({ decision }) => decision)).toEqual(Array.from({ length: 4 }, () => "override"));
});

test("B6: a prune does not take a storage that tells nothing for an empty one", async () => {
  const stage = await withFive();
  const match = { method: "GET", path: "/nodes/*/storage/backup/content" };
  const reason = "storage 'backup' is not online";
  stage.simulator.faults.add({ match, do: "answer", status: 500, reason });
  const told = { partial: true, warnings: [{ detail: expect.stringContaining("storage backup") }] };
  const request = { query: { dryRun: "true" }, body: { select, ...params } };
  expect((await stage.call({ spec }, request)).json).toMatchObject({ items: [], ...told });
  const { operation } = await prune(stage);
  expect(operation).toMatchObject(told);
});
