import { expect, test } from "vitest";
import * as BulkSnapshots from "../../../functions/api/bulk/snapshots.ts";
import * as Create from "../../../functions/api/jobs/create.ts";
import * as Run from "../../../functions/api/jobs/run.ts";
import { placeBackup } from "../../kit/backup.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { carriedOut, changingNothing } from "../../kit/proof.ts";
import { Job } from "../../kit/shape.ts";

const job = (kind: string, params: Record<string, unknown>) => ({
  name: kind,
  kind,
  schedule: "0 4 * * *",
  select: { vmids: [102, 104] },
  params,
});

async function run(stage: Lab, kind: string, params: Record<string, unknown>) {
  const { id } = Job.parse((await stage.call(Create, { body: job(kind, params) })).json);
  const done = await carriedOut(stage, await stage.call(Run, { path: { job: id } }));
  expect(done.operation).toMatchObject({ jobId: id, state: "succeeded" });
  return done;
}

test("a backup job backs its guests up", async () => {
  const stage = await lab();
  const { operation, items } = await run(stage, "backup", { storage: "backup", notes: "nightly" });
  expect(operation).toMatchObject({ kind: "bulk.backup", progress: { succeeded: 2 } });
  for (const { result } of items)
    expect(result).toMatchObject({ volid: expect.stringContaining("backup:backup/") });
});

test("a prune job keeps what its rule keeps", async () => {
  const stage = await lab();
  stage.simulator.state.volumes = stage.simulator.state.volumes.filter(({ content }) => content !== "backup");
  for (const day of ["20", "21", "22"]) placeBackup(stage, 102, `2026-11-${day}T02:00:00Z`);
  await run(stage, "backup-prune", { keep: { last: 1 } });
  const left = stage.simulator.state.volumes.filter(({ content }) => content === "backup");
  expect(left.map(({ volid }) => volid)).toEqual([
    "backup:backup/vzdump-qemu-102-2026_11_22-02_00_00.vma.zst",
  ]);
});

test("a cleanup job deletes old snapshots by their names", async () => {
  const stage = await lab();
  for (const name of ["auto-1", "keep", "auto-2"]) {
    await carriedOut(stage, await stage.call(BulkSnapshots, { body: { select: { vmids: [102] }, name } }));
    await stage.clock.advance(3_600_000);
  }
  await run(stage, "snapshot-cleanup", { match: "auto-*", olderThan: "90m" });
  expect(Object.keys(stage.simulator.state.guests[102]?.snapshots ?? {})).toEqual(["keep", "auto-2"]);
});

test.for<[string, Record<string, unknown>, string]>([
  ["backup", {}, "/params/storage"],
  ["backup", { storage: "backup", retention: 3 }, "/params/retention"],
  ["backup-prune", {}, "/params/keep"],
  ["backup-prune", { keep: { last: 0 } }, "/params/keep"],
  ["snapshot-cleanup", {}, "/params/match"],
  ["snapshot-cleanup", { match: "auto-*", override: true }, "/params/override"],
])("400: a %s job with params %j is not made", async ([kind, params, pointer]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(Create, { body: job(kind, params) }));
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.json)).toContain(`"pointer":"${pointer}`);
});
