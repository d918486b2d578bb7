import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/jobs/create.ts";
import { reconcile } from "../../../../core/job/index.ts";
import * as Delete from "../../../../functions/api/jobs/delete.ts";
import * as Get from "../../../../functions/api/jobs/get.ts";
import * as Runs from "../../../../functions/api/jobs/runs.ts";
import { caller } from "../../../kit/caller.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, changingNothing } from "../../../kit/proof.ts";
import { Job, List, Plan, Problem, Run } from "../../../kit/shape.ts";
import { NIGHTLY } from "./stage.ts";

const route = { spec };

test("201: a five-field cron becomes an EventBridge schedule in its timezone; the job echoes it normalised", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { body: NIGHTLY });
  expect(answer.status).toBe(201);
  const job = Job.parse(answer.json);
  expect(answer.headers).toMatchObject({ location: `/v1/jobs/${job.id}`, etag: `"${job.etag}"` });
  expect(job).toMatchObject({ schedule: "cron(30 2 * * ? *)", timezone: "Europe/Berlin", enabled: true });
  expect(answer.json).toMatchObject({ select: NIGHTLY.select, params: NIGHTLY.params, lastRun: null });
  expect(job.nextRuns).toEqual(["24", "25", "26", "27", "28"].map((day) => `2026-11-${day}T01:30:00.000Z`));
  expect(stage.schedules.list()).toMatchObject([
    {
      Name: job.id,
      GroupName: "moxxie",
      ScheduleExpression: "cron(30 2 * * ? *)",
      ScheduleExpressionTimezone: "Europe/Berlin",
      State: "ENABLED",
    },
  ]);
});

test("201: audit tells who made it, and Proxmox is not asked", async () => {
  const stage = await lab();
  await stage.call(route, { body: NIGHTLY });
  const rows = await auditOf(stage, { action: "job.create", target: "job nightly" });
  expect(rows.map(({ outcome }) => outcome).toSorted()).toEqual(["begun", "succeeded"]);
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test.for([
  ["0 */15 9-17 ? * MON-FRI", "cron(*/15 9-17 ? * MON-FRI *)"],
  ["cron(0 3 ? * SUN *)", "cron(0 3 ? * SUN *)"],
  ["rate(2 hours)", "rate(2 hours)"],
])("201: %s is taken too", async ([schedule]) => {
  const stage = await lab();
  const answer = await stage.call(route, { body: { ...NIGHTLY, schedule } });
  expect(answer.status).toBe(201);
  expect(Job.parse(answer.json).nextRuns.length).toBe(5);
});

test("201: a job that is not enabled has a disabled schedule and no next runs", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { body: { ...NIGHTLY, enabled: false } });
  expect(Job.parse(answer.json)).toMatchObject({ enabled: false, nextRuns: [] });
  expect(stage.schedules.list()).toMatchObject([{ State: "DISABLED" }]);
});

test.for<[string, Record<string, unknown>, string]>([
  ["a schedule that is none", { schedule: "every night" }, "/schedule"],
  ["a schedule that never fires", { schedule: "0 0 30 2 *" }, "/schedule"],
  ["a minute that is none", { schedule: "61 2 * * *" }, "/schedule"],
  ["an unknown timezone", { timezone: "Mars/Olympus" }, "/timezone"],
  ["an unknown kind", { kind: "haircut" }, "/kind"],
  ["no name", { name: "" }, "/name"],
  ["no selector", { select: undefined }, "/select"],
  ["an empty selector", { select: {} }, "/select"],
  ["a misspelt criterion", { select: { tag: "x" } }, "/select/tag"],
  ["an unreadable expression", { select: { tags: "a AND" } }, "/select/tags"],
  ["a misspelt param", { params: { tll: "4h" } }, "/params/tll"],
  ["a wrong param", { params: { ttl: "4 hours" } }, "/params/ttl"],
  ["a name pattern that is none", { params: { name: "{host}" } }, "/params/name"],
  [
    "a selector among the params, which would win over the job's own",
    { params: { select: { all: true } } },
    "/params/select",
  ],
  ["the pace among the params", { params: { maxConcurrency: 1 } }, "/params/maxConcurrency"],
  ["a missing param", { kind: "power", params: {} }, "/params/action"],
  ["another kind's param", { kind: "power", params: { action: "stop", ttl: "4h" } }, "/params/ttl"],
  ["no concurrency", { maxConcurrency: 0 }, "/maxConcurrency"],
  ["an unknown field", { cron: "0 0 * * *" }, "/cron"],
])("400: %s names its field; there is neither job nor schedule", async ([, differences, pointer]) => {
  const stage = await lab();
  const body = { ...NIGHTLY, ...differences };
  const answer = await changingNothing(stage, () => stage.call(route, { body }));
  expect(answer.status).toBe(400);
  const pointers = Problem.parse(answer.json).errors?.map((error) => error.pointer);
  expect(pointers).toContain(pointer);
  expect(pointers?.every((other) => pointer.startsWith(other))).toBe(true);
});

test("400: all that is wrong is told at once", async () => {
  const stage = await lab();
  const body = { ...NIGHTLY, schedule: "never", select: {}, params: { tll: "1h" } };
  const pointers = Problem.parse((await stage.call(route, { body })).json).errors?.map(
    ({ pointer }) => pointer,
  );
  expect(pointers?.toSorted()).toEqual(["/params/tll", "/schedule", "/select"]);
});

test("200: a dry run tells the normalised schedule, no more, and makes nothing", async () => {
  const stage = await lab();
  const request = { body: NIGHTLY, query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer.status).toBe(200);
  const plan = Plan.parse(answer.json);
  expect(plan).toMatchObject({ kind: "job.create", items: [{ detail: { schedule: "cron(30 2 * * ? *)" } }] });
});

test("500: a scheduler that fails leaves no job behind, and audit says that it failed", async () => {
  const stage = await lab();
  const put = async () => Promise.reject(new Error("ThrottlingException"));
  const world = { ...stage.world, scheduler: { ...stage.world.scheduler, put } };
  const { call } = caller(world, stage.clock, stage.admin);
  const answer = await changingNothing(stage, () => call(route, { body: NIGHTLY }));
  expect(answer).toMatchObject({ status: 500, json: { code: "internal.error", retryable: true } });
  expect(await auditOf(stage, { outcome: "failed" })).toMatchObject([{ action: "job.create" }]);
});

test("500: a table that fails after the schedule was made leaves no schedule that fires for nothing", async () => {
  const stage = await lab();
  const write: typeof stage.store.write = async (changes) => {
    const job = changes.some((change) => "put" in change && change.put.pk === "job");
    if (job) throw new Error("ProvisionedThroughputExceededException");
    await stage.store.write(changes);
  };
  const world = { ...stage.world, store: { ...stage.store, write } };
  const { call } = caller(world, stage.clock, stage.admin);
  const answer = await changingNothing(stage, () => call(route, { body: NIGHTLY }));
  expect(answer.status).toBe(500);
});

test("201: E4: a time that does not exist one night is warned of, and left out", async () => {
  const stage = await lab();
  const { json } = await stage.call(route, { body: NIGHTLY });
  expect(json).toMatchObject({
    onMissingTime: "skip",
    warnings: [
      { code: "schedule.missing-time", detail: expect.stringContaining("2027-03-28 02:30 does not exist") },
    ],
  });
  expect(stage.schedules.list()).toHaveLength(1);
});

test("201: E4: with onMissingTime next it runs as late after midnight as ever, once, and the next year too", async () => {
  const stage = await lab();
  const body = { ...NIGHTLY, select: { vmids: [102] }, onMissingTime: "next" };
  const made = Job.parse((await stage.call(route, { body })).json);
  expect(made).toMatchObject({ onMissingTime: "next", warnings: [] });
  const standIn = () => stage.schedules.list().filter(({ Name }) => Name === `${made.id}.missing-time`);
  expect(standIn()).toMatchObject([{ ScheduleExpression: "at(2027-03-28T01:30:00)", State: "ENABLED" }]);
  await stage.clock.advance(Date.parse("2027-03-27T23:00:00Z") - stage.clock.now().getTime());
  await stage.schedules.tick();
  const day = { path: { job: made.id } };
  expect(Job.parse((await stage.call(Get, day)).json).nextRuns.slice(0, 2)).toEqual([
    "2027-03-28T01:30:00.000Z",
    "2027-03-29T00:30:00.000Z",
  ]);
  await stage.run(6 * 3_600_000);
  const runs = List(Run).parse((await stage.call(Runs, day)).json).items;
  expect(runs.filter(({ scheduledAt }) => scheduledAt.startsWith("2027-03-28"))).toMatchObject([
    { scheduledAt: "2027-03-28T01:30:00.000Z", state: "succeeded" },
  ]);
  expect(standIn()).toEqual([]);
  expect(await reconcile(stage.world)).toBe(1);
  expect(standIn()).toMatchObject([{ ScheduleExpression: "at(2028-03-26T01:30:00)" }]);
  expect((await stage.call(Delete, day)).status).toBe(204);
  expect(stage.schedules.list()).toEqual([]);
});

test("E4: several missing times of one night are one run, the one that was promised", async () => {
  const stage = await lab();
  await stage.clock.advance(Date.parse("2027-03-28T00:40:00Z") - stage.clock.now().getTime());
  const wanted = { schedule: "0,30 2 * * *", onMissingTime: "next", select: { vmids: [102] } };
  const made = Job.parse((await stage.call(route, { body: { ...NIGHTLY, ...wanted } })).json);
  const promised = made.nextRuns.filter((at) => at.startsWith("2027-03-28"));
  expect(promised).toEqual(["2027-03-28T01:00:00.000Z"]);
  for (let round = 0; round < 12; round++) {
    await reconcile(stage.world);
    await stage.run(600_000);
  }
  const day = { path: { job: made.id } };
  const runs = List(Run).parse((await stage.call(Runs, day)).json).items;
  expect(runs.map(({ scheduledAt }) => scheduledAt)).toEqual(promised);
  const { nextRuns } = Job.parse((await stage.call(Get, day)).json);
  expect(nextRuns[0]).toBe("2027-03-29T00:00:00.000Z");
});

test("409: I14: a second job of a name, in whatever case; also of two at once; once deleted the name is free", async () => {
  const stage = await lab();
  const first = Job.parse((await stage.call(route, { body: NIGHTLY })).json);
  const again = await changingNothing(stage, () =>
    stage.call(route, { body: { ...NIGHTLY, name: "Nightly" } }),
  );
  expect([again.status, Problem.parse(again.json).code]).toEqual([409, "job.exists"]);
  const other = { ...NIGHTLY, name: "other" };
  const answers = await Promise.all([1, 2].map(() => stage.call(route, { body: other })));
  expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(["201", "409"]);
  expect(stage.schedules.list()).toHaveLength(2);
  await stage.call(Delete, { path: { job: first.id } });
  expect((await stage.call(route, { body: NIGHTLY })).status).toBe(201);
});
