import * as z from "zod";
import { expect, test } from "vitest";
import * as Audit from "../../../functions/api/audit/list.ts";
import * as Bulk from "../../../functions/api/bulk/snapshots.ts";
import * as Jobs from "../../../functions/api/jobs/create.ts";
import * as SafeMode from "../../../functions/api/safe-mode/put.ts";
import * as Vms from "../../../functions/api/vms/list.ts";
import { lab } from "../../kit/lab.ts";

const Job = z.object({ nextRuns: z.array(z.string()) });
const job = (schedule: string) => ({ name: "j", kind: "snapshot", schedule, select: { vmids: [102] } });

test("400: half a character in a body, which no table could keep; nothing is begun", async () => {
  const { call, simulator } = await lab();
  const body = String.raw`{"select":{"vmids":[102]},"description":"\ud800"}`;
  expect((await call(Bulk, { body })).status).toBe(400);
  expect(simulator.counters().total.requests).toBe(0);
});

test("the audit log says from what to what safe mode was changed", async () => {
  const { call } = await lab();
  await call(SafeMode, { body: { mode: "strict" } });
  const { json } = await call(Audit, { query: { action: "safe-mode.manage", outcome: "succeeded" } });
  const changes = { before: { mode: "permissive", ownerTag: "moxxie" }, after: { mode: "strict" } };
  expect(json).toMatchObject({ items: [{ changes }] });
});

test("201: a rate first fires one interval after the job was made, and the answer says so", async () => {
  const { call, run, schedules } = await lab();
  const { json } = await call(Jobs, { body: job("rate(1 hour)") });
  expect(Job.parse(json).nextRuns.slice(0, 2)).toEqual([
    "2026-11-23T13:00:00.000Z",
    "2026-11-23T14:00:00.000Z",
  ]);
  await run(60_000);
  expect(new Date(schedules.nextDue() ?? 0).toISOString()).toBe("2026-11-23T13:00:00.000Z");
});

test.for(["rate(999999999 days)", "at(2020-01-01T00:00:00)"])(
  "400: the schedule %s never comes",
  async (schedule) => {
    const { call } = await lab();
    const answer = await call(Jobs, { body: job(schedule) });
    expect([answer.status, answer.json]).toMatchObject([400, { code: "schedule.invalid" }]);
  },
);

test("200: a listing that is cut off late is not asked again: whoever waits would give up first", async () => {
  const { call, simulator } = await lab();
  simulator.faults.add({ match: { path: "/cluster/resources" }, do: "delay", milliseconds: 10_000 });
  simulator.faults.add({ match: { path: "/cluster/resources" }, do: "cut-after" });
  const answer = await call(Vms, { query: { fresh: "true" } });
  expect([answer.status, answer.json]).toMatchObject([200, { partial: true }]);
  expect(simulator.counters().calls["GET /cluster/resources"]?.requests).toBe(1);
});
