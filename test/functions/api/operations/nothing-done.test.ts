import { expect, test } from "vitest";
import * as Bulk from "../../../../functions/api/bulk/power.ts";
import * as Job from "../../../../functions/api/jobs/get.ts";
import * as Run from "../../../../functions/api/jobs/run.ts";
import * as Runs from "../../../../functions/api/jobs/runs.ts";
import * as Events from "../../../../functions/api/operations/events.ts";
import * as Operations from "../../../../functions/api/operations/list.ts";
import * as Retry from "../../../../functions/api/operations/retry.ts";
import * as Create from "../../../../functions/api/vms/snapshots/create.ts";
import * as Update from "../../../../functions/api/vms/snapshots/update.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut } from "../../../kit/proof.ts";
import { List, Operation } from "../../../kit/shape.ts";
import { made } from "../jobs/stage.ts";

const at = { cluster: "main", vmid: 101 };

/** A pin that was accepted, and another hand that changes the snapshot before it is set. */
async function latePin(query: Record<string, string> = {}) {
  const stage = await lab();
  await carriedOut(stage, await stage.call(Create, { path: at, body: { name: "one" } }));
  const body = { pin: { reason: "legal hold" } };
  const answer = await stage.call(Update, { path: { ...at, name: "one" }, body, query });
  const snapshot = stage.simulator.state.guests[101]?.snapshots["one"];
  Object.assign(snapshot ?? {}, { description: "another's words" });
  return { stage, answer };
}

const stateOf = async (stage: Lab, state: string) =>
  List(Operation).parse((await stage.call(Operations, { query: { state } })).json).items;

test("B9: a pin that comes too late has failed, with the reason of its item; it never reads as success", async () => {
  const { stage, answer } = await latePin();
  const { operation, items } = await carriedOut(stage, answer);
  const error = { code: "snapshot.changed" };
  expect(operation).toMatchObject({ state: "failed", error, progress: { skipped: 1 } });
  expect(items).toMatchObject([{ state: "skipped", error }]);
  expect((await stateOf(stage, "failed")).map(({ id }) => id)).toEqual([operation.id]);
  expect(await auditOf(stage, { operation: operation.id, outcome: "skipped" })).toHaveLength(1);
  const events = await stage.call(Events, { path: { operation: operation.id } });
  expect(events.body).toContain('"state":"failed"');
});

test("B9: a retry of a single call that came too late does it again, without being told to take the skipped", async () => {
  const { stage, answer } = await latePin();
  const { operation } = await carriedOut(stage, answer);
  const again = await carriedOut(
    stage,
    await stage.call(Retry, { path: { operation: operation.id }, body: {} }),
  );
  expect(again.operation).toMatchObject({ state: "succeeded", retryOf: operation.id });
  expect(stage.simulator.state.guests[101]?.snapshots["one"]?.description).toContain("legal%20hold");
});

test("B9: a bulk call that left every guest out is skipped, at once and in the list", async () => {
  const stage = await lab();
  const body = { select: { vmids: [111] }, action: "stop" };
  const answer = await stage.call(Bulk, { body });
  expect(answer).toMatchObject({ status: 202, json: { state: "skipped" } });
  const { operation } = await carriedOut(stage, answer);
  expect(operation).toMatchObject({ state: "skipped", error: null, progress: { total: 1, skipped: 1 } });
  expect((await stateOf(stage, "skipped")).map(({ id }) => id)).toEqual([operation.id]);
  expect(await stateOf(stage, "succeeded")).toEqual([]);
});

test("B9: a job's run that did nothing to any guest says so, in its history and as the last run", async () => {
  const stage = await lab();
  const job = await made(stage, { kind: "power", params: { action: "stop" }, select: { vmids: [111] } });
  await carriedOut(stage, await stage.call(Run, { path: { job: job.id } }));
  const path = { job: job.id };
  expect((await stage.call(Job, { path })).json).toMatchObject({ lastRun: { state: "skipped" } });
  expect((await stage.call(Runs, { path })).json).toMatchObject({ items: [{ state: "skipped" }] });
});
