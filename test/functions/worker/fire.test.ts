import { expect, test } from "vitest";
import * as Delete from "../../../functions/api/jobs/delete.ts";
import * as Get from "../../../functions/api/jobs/get.ts";
import * as Operations from "../../../functions/api/operations/list.ts";
import * as Runs from "../../../functions/api/jobs/runs.ts";
import { engine } from "../../kit/engine.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { auditOf, writesTo } from "../../kit/proof.ts";
import { List, Operation, Run } from "../../kit/shape.ts";
import { made } from "../api/jobs/stage.ts";

const MINUTE = 60_000;

const runsOf = async (stage: Lab, job: string) =>
  List(Run).parse((await stage.call(Runs, { path: { job } })).json).items;

const operationsOf = async (stage: Lab) => List(Operation).parse((await stage.call(Operations)).json).items;

/** Delivers a firing as EventBridge Scheduler would. */
const fire = (stage: Lab, job: string, scheduledAt: string) =>
  stage.queues.send("Fire", JSON.stringify({ v: 1, kind: "fire", job, scheduledAt }));

test("a schedule that fires makes an operation in the job's name, a run and audit rows", async () => {
  const stage = await lab();
  const job = await made(stage, { schedule: "0 13 * * *", timezone: "UTC" });
  await stage.run(65 * MINUTE);
  const [operation, ...others] = await operationsOf(stage);
  expect(others).toEqual([]);
  expect(operation).toMatchObject({ kind: "bulk.snapshot", state: "succeeded", jobId: job.id });
  expect(operation?.actor).toBe(`job/${job.id}`);
  expect(await runsOf(stage, job.id)).toMatchObject([
    {
      trigger: "schedule",
      scheduledAt: "2026-11-23T13:00:00.000Z",
      operation: operation?.id,
      state: "succeeded",
    },
  ]);
  expect((await stage.call(Get, { path: { job: job.id } })).json).toMatchObject({
    lastRun: { state: "succeeded", operation: operation?.id },
  });
  const [accepted] = await auditOf(stage, { outcome: "accepted" });
  expect(accepted).toMatchObject({ action: "job.run", target: job.id, actor: `job/${job.id}` });
  expect((await auditOf(stage, { outcome: "succeeded", actor: `job/${job.id}` })).length).toBe(9);
  expect(stage.simulator.state.guests["102"]?.snapshots).toHaveProperty(["web-2-20261123T130000Z"]);
});

test("a firing that is delivered twice, at once and again later, runs once", async () => {
  const stage = await lab();
  const job = await made(stage, { select: { vmids: [102] } });
  const at = stage.clock.now().toISOString();
  fire(stage, job.id, at);
  fire(stage, job.id, at);
  await stage.run(10 * MINUTE);
  fire(stage, job.id, at);
  await stage.run(10 * MINUTE);
  expect((await operationsOf(stage)).length).toBe(1);
  expect((await runsOf(stage, job.id)).length).toBe(1);
  expect(writesTo(stage)).toEqual({ "POST /nodes/{node}/qemu/{vmid}/snapshot": 1 });
  expect(stage.queues.depth("Dead").visible).toBe(0);
});

test("a job does not overlap itself, however often it fires meanwhile; each run left out says why", async () => {
  const stage = await lab({ speed: 0.002 });
  const job = await made(stage, { schedule: "rate(1 minute)", select: { vmids: [102] } });
  await stage.run(5 * MINUTE + 1000);
  expect((await operationsOf(stage)).length).toBe(1);
  const [newest, ...older] = await runsOf(stage, job.id);
  expect(older.length).toBeGreaterThanOrEqual(3);
  expect(newest).toMatchObject({ state: "skipped", operation: null });
  expect(newest?.reason).toContain("has not ended");
  await stage.run(90 * MINUTE);
  expect((await operationsOf(stage)).length).toBeGreaterThan(1);
});

test("a firing that comes more than an hour late is left out, with the reason", async () => {
  const stage = await lab();
  const job = await made(stage);
  fire(stage, job.id, "2026-11-23T10:00:00Z");
  await stage.run(MINUTE);
  expect(await operationsOf(stage)).toEqual([]);
  expect(await runsOf(stage, job.id)).toMatchObject([
    { state: "skipped", reason: "it came 120 minutes late" },
  ]);
});

test("a firing of a job that was deleted or disabled does nothing and is not kept", async () => {
  const stage = await lab();
  const gone = await made(stage);
  const off = await made(stage, { name: "off", enabled: false });
  await stage.call(Delete, { path: { job: gone.id } });
  for (const id of [gone.id, off.id]) fire(stage, id, stage.clock.now().toISOString());
  await stage.run(MINUTE);
  expect(await operationsOf(stage)).toEqual([]);
  expect(stage.queues.depth("Dead").visible).toBe(0);
});

test("a job is bulk: what safe mode refuses it skips and audits in the job's own name", async () => {
  const stage = await lab();
  const job = await made(stage, { kind: "power", params: { action: "stop" }, select: { vmids: [111] } });
  fire(stage, job.id, stage.clock.now().toISOString());
  await stage.run(MINUTE);
  expect(await operationsOf(stage)).toMatchObject([{ state: "skipped", progress: { skipped: 1 } }]);
  expect(await auditOf(stage, { decision: "refused" })).toMatchObject([
    { target: "main/111", actor: `job/${job.id}`, outcome: "skipped" },
  ]);
  expect(writesTo(stage)).toEqual({});
});

/** A cluster of which nothing is known and that does not answer: no guest can be chosen. */
async function unknowable(stage: Lab) {
  const rows = stage.store.dump().filter(({ row }) => row.pk.startsWith("inventory#"));
  await stage.store.write(rows.map(({ row: { pk, sk } }) => ({ table: "State", remove: { pk, sk } })));
  return stage.simulator.faults.add({ match: {}, do: "cut-before" });
}

test("a firing that meets an outage waits for its end, and then runs once", async () => {
  const stage = await lab();
  const job = await made(stage, { select: { vmids: [102] } });
  const fault = await unknowable(stage);
  fire(stage, job.id, stage.clock.now().toISOString());
  await stage.run(40 * MINUTE);
  expect(await operationsOf(stage)).toEqual([]);
  stage.simulator.faults.remove(fault);
  await stage.run(20 * MINUTE);
  expect(await operationsOf(stage)).toMatchObject([{ state: "succeeded", jobId: job.id }]);
  expect((await runsOf(stage, job.id)).length).toBe(1);
});

test("a firing that meets an outage which does not end is in the history, with a reason", async () => {
  const stage = await lab();
  const job = await made(stage, { select: { vmids: [102] } });
  await unknowable(stage);
  fire(stage, job.id, stage.clock.now().toISOString());
  await stage.run(120 * MINUTE);
  expect(await runsOf(stage, job.id)).toMatchObject([
    { state: "skipped", reason: expect.stringContaining("late") },
  ]);
  expect(stage.queues.depth("Dead").visible).toBe(0);
});

test("B6: a job that prunes a storage which is nowhere says so in its run at once, and does not succeed", async () => {
  const stage = await lab();
  const params = { keep: { last: 2 }, storage: "nope" };
  const job = await made(stage, { kind: "backup-prune", select: { vmids: [102] }, params });
  fire(stage, job.id, stage.clock.now().toISOString());
  await stage.run(MINUTE);
  expect(await operationsOf(stage)).toEqual([]);
  expect(await runsOf(stage, job.id)).toMatchObject([
    { operation: null, state: "skipped", reason: expect.stringContaining("nope") },
  ]);
});

test("B2: two snapshot jobs that fire in one minute with one name both take their snapshots", async () => {
  const stage = await lab();
  const params = { name: "{vm}-{datetime}" };
  const same = { schedule: "0 13 * * *", timezone: "UTC", select: { vmids: [102, 104] }, params };
  for (const name of ["first", "second"]) await made(stage, { ...same, name });
  await stage.run(65 * MINUTE);
  expect((await operationsOf(stage)).map(({ state }) => state)).toEqual(["succeeded", "succeeded"]);
  const { guests } = stage.simulator.state;
  for (const vmid of [102, 104]) {
    const [one = "", two] = Object.keys(guests[vmid]?.snapshots ?? {});
    expect(one).toMatch(/-20261123T130000Z$/);
    expect(two).toBe(`${one}-2`);
  }
});

test("F6: a firing that names a time to come runs nothing, and the genuine one then runs", async () => {
  const stage = await lab();
  const job = await made(stage, { schedule: "0 13 * * *", timezone: "UTC", select: { vmids: [102] } });
  const at = "2026-11-23T13:00:00.000Z";
  expect(Date.parse(at) - stage.clock.now().getTime()).toBeGreaterThan(10 * MINUTE);
  fire(stage, job.id, at);
  await stage.run(5 * MINUTE);
  expect([await operationsOf(stage), await runsOf(stage, job.id)]).toEqual([[], []]);
  expect(stage.lines.join("\n")).toContain("its time has not come");
  await stage.run(65 * MINUTE);
  expect(await runsOf(stage, job.id)).toMatchObject([{ scheduledAt: at, state: "succeeded" }]);
});

test("F6: a firing of more than two minutes ahead runs nothing, one of two minutes runs", async () => {
  const stage = await lab();
  const job = await made(stage, { select: { vmids: [102] } });
  const ahead = (seconds: number) => new Date(stage.clock.now().getTime() + seconds * 1000).toISOString();
  fire(stage, job.id, ahead(125));
  await stage.run(1000);
  expect(await runsOf(stage, job.id)).toEqual([]);
  fire(stage, job.id, ahead(115));
  await stage.run(1000);
  expect(await runsOf(stage, job.id)).toHaveLength(1);
});

test("F41: a firing that a worker takes for one to come, since its clock is two minutes behind, is not lost", async () => {
  const stage = await lab();
  const job = await made(stage, { schedule: "0 13 * * *", timezone: "UTC", select: { vmids: [102] } });
  const clock = { ...stage.clock, now: () => new Date(stage.clock.now().getTime() - 2 * MINUTE) };
  await engine({ ...stage.world, clock }, stage).run(65 * MINUTE);
  expect(await runsOf(stage, job.id)).toMatchObject([{ scheduledAt: "2026-11-23T13:00:00.000Z" }]);
});
