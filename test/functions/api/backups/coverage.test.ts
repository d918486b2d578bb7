import * as z from "zod";
import { expect, test } from "vitest";
import * as CreateJob from "../../../../functions/api/jobs/create.ts";
import { spec } from "../../../../functions/api/backups/coverage.ts";
import { placeBackup } from "../../../kit/backup.ts";
import { lab } from "../../../kit/lab.ts";
import { writesTo } from "../../../kit/proof.ts";
import { Job } from "../../../kit/shape.ts";

const route = { spec };

const Group = z.object({ guests: z.number(), summary: z.record(z.string(), z.number()) });
const Shown = z.object({
  items: z.array(z.object({ vm: z.object({ id: z.string() }), tags: z.array(z.string()) })),
  by: z.object({
    tags: z.array(Group.extend({ tag: z.string() })),
    jobs: z.array(Group.extend({ job: z.string(), name: z.string(), enabled: z.boolean() })),
    withoutJob: z.number(),
  }),
});

async function stageOf() {
  const stage = await lab();
  stage.simulator.state.volumes = stage.simulator.state.volumes.filter(({ content }) => content !== "backup");
  placeBackup(stage, 101, "2026-11-23T02:00:00Z");
  placeBackup(stage, 102, "2026-11-20T02:00:00Z");
  placeBackup(stage, 4711, "2026-11-01T02:00:00Z");
  placeBackup(stage, 4711, "2026-10-01T02:00:00Z");
  return stage;
}

test("200: who is covered, late or without, with sums, orphans and the growth of each storage; nothing is changed", async () => {
  const stage = await stageOf();
  const all = await stage.call(route, { query: { limit: "200" } });
  expect(all).toMatchObject({
    status: 200,
    json: {
      partial: false,
      summary: { protected: 1, late: 1, unverified: 0, unknown: 0 },
      orphans: [{ vm: "main/4711", backups: 2, sizeBytes: 2000, newest: "2026-11-01T02:00:00.000Z" }],
      storages: [
        { storage: "backup", backups: 4, sizeBytes: 4000, lastWeekBytes: 2000, lastMonthBytes: 3000 },
      ],
    },
  });
  const late = await stage.call(route, { query: { state: "late" } });
  expect(late.json).toMatchObject({
    items: [{ vm: { id: "main/102" }, lastBackup: "2026-11-20T02:00:00.000Z" }],
  });
  const patient = await stage.call(route, { query: { maxAge: "7d", tags: "moxxie" } });
  expect(patient.json).toMatchObject({ summary: { protected: 2, late: 0 } });
  expect(writesTo(stage)).toEqual({});
});

test("200: where a storage tells nothing, guests without a backup are unknown, and the answer is partial", async () => {
  const stage = await stageOf();
  const match = { method: "GET", path: "/nodes/pve1/storage/local/content" };
  stage.simulator.faults.add({ match, do: "answer", status: 500, reason: "storage 'local' is not online" });
  const { json } = await stage.call(route, {});
  expect(json).toMatchObject({ partial: true, summary: { protected: 1, late: 0, missing: 0 } });
});

test("200: the same by tag and by job, and how many guests no job backs up", async () => {
  const stage = await stageOf();
  const job = { kind: "backup", schedule: "0 2 * * *", params: { storage: "backup" } };
  const make = async (name: string, more: Record<string, unknown>) =>
    Job.parse((await stage.call(CreateJob, { body: { ...job, name, ...more } })).json).id;
  const nightly = await make("nightly", { select: { vmids: [101, 102] } });
  const asleep = await make("asleep", { select: { all: true }, enabled: false });
  await make("other kind", { kind: "snapshot", params: {}, select: { all: true } });
  const { json } = await stage.call(route, { query: { limit: "200" } });
  const { by, items } = Shown.parse(json);
  expect(by.jobs).toMatchObject([
    { job: asleep, name: "asleep", enabled: false, guests: items.length },
    { job: nightly, name: "nightly", enabled: true, guests: 2, summary: { protected: 1, late: 1 } },
  ]);
  expect(by.withoutJob).toBe(items.length - 2);
  const owned = by.tags.find(({ tag }) => tag === "moxxie");
  const sum = Object.values(owned?.summary ?? {}).reduce((total, count) => total + count, 0);
  expect(sum).toBe(items.filter(({ tags }) => tags.includes("moxxie")).length);
  const of = await stage.call(route, { query: { job: nightly } });
  expect(Shown.parse(of.json).items.map(({ vm }) => vm.id)).toEqual(["main/101", "main/102"]);
});

test("404: coverage by a job that there is not", async () => {
  const stage = await stageOf();
  const answer = await stage.call(route, { query: { job: "job_01ARZ3NDEKTSV4RRFFQ69G5FAV" } });
  expect(answer).toMatchObject({ status: 404, json: { code: "job.missing" } });
});

test("400: a misspelt filter or an age that is none", async () => {
  const stage = await stageOf();
  for (const query of [{ maxAge: "soon" }, { stat: "late" }, { state: "lost" }])
    expect(await stage.call(route, { query })).toMatchObject({ status: 400 });
});

test("B11: the answer stays within what a Lambda may give, however many guests are gone of which backups lie there", async () => {
  const stage = await lab();
  for (let vmid = 200_000; vmid < 230_000; vmid++) placeBackup(stage, vmid, "2026-11-01T02:00:00Z");
  const { json, body } = await stage.call(route, { query: { limit: "200" } });
  expect(Buffer.byteLength(body)).toBeLessThan(1_000_000);
  const { orphans, warnings } = z
    .object({
      orphans: z.array(z.unknown()),
      warnings: z.array(z.object({ code: z.string(), detail: z.string() })),
    })
    .parse(json);
  expect(orphans.length).toBeGreaterThan(1000);
  expect(warnings).toMatchObject([
    { code: "answer.cut", detail: expect.stringContaining(`orphans: the first ${orphans.length} of 3000`) },
  ]);
});
