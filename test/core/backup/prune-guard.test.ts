import * as z from "zod";
import { expect, test } from "vitest";
import { poll } from "../../../core/inventory/index.ts";
import { spec } from "../../../functions/api/backups/prune.ts";
import * as CreateJob from "../../../functions/api/jobs/create.ts";
import * as RunJob from "../../../functions/api/jobs/run.ts";
import { placeBackup } from "../../kit/backup.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { carriedOut } from "../../kit/proof.ts";

const HOUR_MS = 3_600_000;

/** A stage whose guest 102 has so many backups and nobody else any. */
async function withBackups(count: number): Promise<Lab> {
  const stage = await lab();
  stage.simulator.state.volumes = stage.simulator.state.volumes.filter(({ content }) => content !== "backup");
  const newest = Date.parse("2026-11-23T02:00:00Z");
  for (let age = 0; age < count; age++)
    placeBackup(stage, 102, new Date(newest - age * HOUR_MS).toISOString());
  return stage;
}

const left = ({ simulator }: Lab) => simulator.state.volumes.filter(({ content }) => content === "backup");

/** Somebody else takes the newest backups away, or the storage forgets them. */
function lose(stage: Lab, count: number) {
  const gone = left(stage).slice(0, count);
  stage.simulator.state.volumes = stage.simulator.state.volumes.filter((one) => !gone.includes(one));
}

async function prune(stage: Lab, last: number, more: { force?: true } = {}) {
  const body = { select: { vmids: [102] }, keep: { last }, ...more };
  return carriedOut(stage, await stage.call({ spec }, { body }));
}

/** Makes a job that prunes guest 102, and gives what runs it. */
async function pruneJob(stage: Lab, last: number) {
  const body = { name: "thin out", kind: "backup-prune", schedule: "0 13 * * *", select: { vmids: [102] } };
  const made = await stage.call(CreateJob, { body: { ...body, params: { keep: { last } } } });
  const { id } = z.object({ id: z.string() }).parse(made.json);
  return async () => carriedOut(stage, await stage.call(RunJob, { path: { job: id } }));
}

test("A4: a storage that lost backups is held back at every prune until somebody says force", async () => {
  const stage = await withBackups(20);
  await prune(stage, 15);
  lose(stage, 9);
  for (const _attempt of [1, 2, 3]) {
    await prune(stage, 1);
    expect(left(stage)).toHaveLength(6);
  }
  await prune(stage, 5, { force: true });
  expect(left(stage)).toHaveLength(5);
  await prune(stage, 4);
  expect(left(stage)).toHaveLength(4);
});

test("A4: a storage that lost all backups is believed to be empty only by force", async () => {
  const stage = await withBackups(4);
  await prune(stage, 4);
  lose(stage, 4);
  await prune(stage, 4);
  for (const day of ["01", "02"]) placeBackup(stage, 102, `2026-11-${day}T02:00:00Z`);
  await prune(stage, 1);
  expect(left(stage)).toHaveLength(2);
  await prune(stage, 2, { force: true });
  await prune(stage, 1);
  expect(left(stage)).toHaveLength(1);
});

test.each(["by hand", "by its schedule"])(
  "J: a job's prune that runs %s remembers what it left",
  async (how) => {
    const stage = await withBackups(20);
    const run = await pruneJob(stage, 10);
    if (how === "by hand") await run();
    await stage.run(2 * HOUR_MS, async () => left(stage).length === 10);
    lose(stage, 4);
    await prune(stage, 1);
    expect(left(stage)).toHaveLength(6);
  },
);

test("A4: a job's prune is held back again and again too", async () => {
  const stage = await withBackups(10);
  await prune(stage, 10);
  const run = await pruneJob(stage, 1);
  lose(stage, 4);
  for (const _attempt of [1, 2, 3]) {
    await run();
    expect(left(stage)).toHaveLength(6);
    await stage.clock.advance(60_000);
  }
});

test.each([48, 150])("B1: a prune is accepted that removes backups from %i storages", async (count) => {
  const stage = await withBackups(0);
  const { storages } = stage.simulator.state;
  const { backup: pattern } = storages;
  if (!pattern) throw new Error("no storage for backups");
  for (let n = 0; n < count; n++) {
    storages[`store${n}`] = { ...structuredClone(pattern), storage: `store${n}` };
    for (const day of ["19", "20", "21", "22"])
      placeBackup(stage, 102, `2026-11-${day}T02:00:00Z`, { storage: `store${n}` });
  }
  await stage.clock.until(poll(stage.world, "main"));
  const { operation } = await prune(stage, 3);
  expect(operation).toMatchObject({ state: "succeeded", progress: { succeeded: count } });
  const { volumes } = stage.simulator.state;
  stage.simulator.state.volumes = volumes.filter(({ volid }) => !volid.includes("2026_11_22"));
  await prune(stage, 1);
  expect(left(stage)).toHaveLength(2 * count);
});
