import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/jobs/run.ts";
import * as Runs from "../../../../functions/api/jobs/runs.ts";
import { lab } from "../../../kit/lab.ts";
import { retag } from "../../../kit/retag.ts";
import { auditOf, carriedOut, changingNothing } from "../../../kit/proof.ts";
import { List, Operation, Plan, Run } from "../../../kit/shape.ts";
import { made } from "./stage.ts";

const route = { spec };

test("202: the job runs now, in the caller's name, and the run is in its history", async () => {
  const stage = await lab();
  const job = await made(stage);
  const answer = await stage.call(route, { path: { job: job.id } });
  const { operation } = await carriedOut(stage, answer);
  expect(answer.headers["location"]).toBe(`/v1/operations/${operation.id}`);
  expect(operation).toMatchObject({ kind: "bulk.snapshot", state: "succeeded", jobId: job.id });
  expect(operation.actor).toMatch(/^key\//);
  const { json } = await stage.call(Runs, { path: { job: job.id } });
  expect(List(Run).parse(json).items).toMatchObject([
    { trigger: "manual", operation: operation.id, state: "succeeded", reason: null },
  ]);
  expect(await auditOf(stage, { operation: operation.id, outcome: "accepted" })).toMatchObject([
    { action: "job.run", target: job.id },
  ]);
});

test("202: a power job leaves what is always on, what is not ours and what maintenance may not touch, each with its code and audited", async () => {
  const stage = await lab();
  await retag(stage, { 102: "env-prod;maint-ok;moxxie", 105: "env-prod;maint-ok" });
  const job = await made(stage, { kind: "power", params: { action: "stop" } });
  const { operation, items } = await carriedOut(stage, await stage.call(route, { path: { job: job.id } }));
  expect(operation.progress).toMatchObject({ total: 9, succeeded: 1, skipped: 8 });
  const codes = Object.fromEntries(items.map((item) => [item.vm.id, item.error?.code ?? item.state]));
  expect(codes).toMatchObject({
    "main/101": "policy.always-on",
    "main/102": "succeeded",
    "main/103": "policy.always-on",
    "main/104": "policy.maintenance",
    "main/105": "safe-mode.refused",
  });
  expect((await auditOf(stage, { decision: "refused" })).length).toBe(8);
});

test("202: two runs at the same instant are two runs, or the second is a conflict; never an error of ours", async () => {
  const stage = await lab();
  const { id } = await made(stage, { select: { vmids: [102] } });
  const answers = await Promise.all([1, 2].map(() => stage.call(route, { path: { job: id } })));
  const statuses = answers.map(({ status }) => String(status)).toSorted();
  expect(["202 202", "202 409"]).toContain(statuses.join(" "));
});

test("202: a job that is not enabled can be run by hand", async () => {
  const stage = await lab();
  const { id } = await made(stage, { enabled: false });
  expect((await stage.call(route, { path: { job: id } })).status).toBe(202);
});

test("200: a dry run shows the guests that it would take now, and nothing of the order; nothing happens", async () => {
  const stage = await lab();
  const { id } = await made(stage);
  const request = { path: { job: id }, query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer.status).toBe(200);
  expect(Plan.parse(answer.json).summary).toEqual({ run: 9, skip: 15 });
});

test("404: an unknown job; nothing happens", async () => {
  const stage = await lab();
  const unknown = { path: { job: `job_${"0".repeat(26)}` } };
  const answer = await changingNothing(stage, () => stage.call(route, unknown));
  expect(answer).toMatchObject({ status: 404, json: { code: "job.missing" } });
});

test("403: a viewer runs nothing, and audit tells", async () => {
  const stage = await lab();
  const { id } = await made(stage);
  const key = await stage.addKey("viewer");
  const answer = await changingNothing(stage, () => stage.call(route, { path: { job: id }, key }));
  expect(answer).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
  expect(await auditOf(stage, { decision: "refused" })).toMatchObject([{ action: "job.run", target: id }]);
});

test("202: an operator's run does what the operator may", async () => {
  const stage = await lab();
  const { id } = await made(stage);
  const key = await stage.addKey("operator");
  const answer = await stage.call(route, { path: { job: id }, key });
  expect(Operation.parse(answer.json).jobId).toBe(id);
});
