import { expect, test } from "vitest";
import { poll } from "../../../../core/inventory/index.ts";
import * as Snapshots from "../../../../functions/api/bulk/snapshots.ts";
import * as Run from "../../../../functions/api/jobs/run.ts";
import { spec } from "../../../../functions/api/operations/retry.ts";
import * as Clone from "../../../../functions/api/vms/clone.ts";
import * as Start from "../../../../functions/api/vms/start.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { Operation, Plan } from "../../../kit/shape.ts";
import { made } from "../jobs/stage.ts";

const route = { spec };
const at = (operation: string) => ({ path: { operation } });

/** Makes so many requests of a kind fail for good. */
const failing = (stage: Lab, path: string, times: number) =>
  stage.simulator.faults.add({
    match: { method: "POST", path, times },
    do: "answer",
    status: 500,
    reason: "the storage is broken",
  });

/** Snapshots of four guests, of which two have failed. */
async function halfFailed() {
  const stage = await lab();
  failing(stage, "/nodes/*/snapshot", 2);
  const body = { select: { vmids: [102, 103, 104, 106] }, name: "{vm}-{datetime}", ttl: "4h" };
  const first = await carriedOut(stage, await stage.call(Snapshots, { body }));
  expect(first.operation).toMatchObject({ state: "partial", progress: { succeeded: 2, failed: 2 } });
  const failed = first.items.filter(({ state }) => state === "failed").map(({ vm }) => vm.id);
  stage.simulator.resetCounters();
  await stage.clock.advance(3_600_000);
  return { stage, first: first.operation, failed };
}

test("202: what failed is done again as a new operation, for those guests alone, and audit tells", async () => {
  const { stage, first, failed } = await halfFailed();
  const { operation, items } = await carriedOut(stage, await stage.call(route, at(first.id)));
  expect(operation).toMatchObject({ kind: "bulk.snapshot", state: "succeeded", retryOf: first.id });
  expect(operation.id).not.toBe(first.id);
  expect(items.map(({ vm }) => vm.id).toSorted()).toEqual(failed.toSorted());
  expect(writesTo(stage)).toMatchObject({ "POST /nodes/{node}/qemu/{vmid}/snapshot": 2 });
  const told = await auditOf(stage, { action: "operation.retry" });
  expect(told.map(({ outcome, target }) => `${outcome} ${target}`).toSorted()).toEqual([
    `begun ${first.id}`,
    `succeeded ${first.id}`,
  ]);
  expect(await auditOf(stage, { action: "snapshot.create", outcome: "accepted" })).toMatchObject([
    { operation: operation.id },
    { operation: first.id },
  ]);
});

test("202: names and times are made anew, and what the caller wrote is kept for the next retry", async () => {
  const { stage, first, failed } = await halfFailed();
  failing(stage, "/nodes/*/snapshot", 2);
  const second = await carriedOut(stage, await stage.call(route, at(first.id)));
  expect(second.operation).toMatchObject({ state: "failed", input: { ttl: "4h", name: "{vm}-{datetime}" } });
  const third = await carriedOut(stage, await stage.call(route, at(second.operation.id)));
  expect(third.operation).toMatchObject({ state: "succeeded", retryOf: second.operation.id });
  for (const id of failed) {
    const [name = ""] = Object.keys(stage.simulator.state.guests[id.replace("main/", "")]?.snapshots ?? {});
    expect(name).toMatch(/20261123t13\d{4}z$/i);
  }
});

test("202: with states it is what ended so: cancelled and skipped ones too", async () => {
  const { stage, first } = await halfFailed();
  const body = { select: { vmids: [102, 999] }, name: "{vm}-{time}" };
  const other = await carriedOut(stage, await stage.call(Snapshots, { body }));
  const skipped = await carriedOut(
    stage,
    await stage.call(route, { ...at(other.operation.id), body: { states: ["skipped"] } }),
  );
  expect(skipped.items).toMatchObject([{ vm: { id: "*/999" }, state: "skipped" }]);
  const answer = await changingNothing(stage, async () => {
    stage.simulator.resetCounters();
    return stage.call(route, { ...at(first.id), body: { states: ["cancelled"] } });
  });
  expect(answer).toMatchObject({ status: 409, json: { code: "operation.nothing" } });
});

test("202: policy is asked again, of the one who asks now", async () => {
  const { stage, first } = await halfFailed();
  const row = { pk: "safe-mode", sk: "current", mode: "strict", ownerTag: "moxxie" };
  await stage.store.write([{ table: "State", put: row }]);
  for (const guest of Object.values(stage.simulator.state.guests)) guest.config.tags = "none";
  await stage.clock.advance(60_000);
  const { items } = await carriedOut(stage, await stage.call(route, at(first.id)));
  const codes = new Set(items.map(({ error }) => error?.code));
  expect([...codes].filter((code) => code !== "safe-mode.refused" && code !== undefined)).toEqual([]);
});

test("200: a dry run shows the plan for those guests alone, and changes nothing", async () => {
  const { stage, first, failed } = await halfFailed();
  const request = { ...at(first.id), query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer.status).toBe(200);
  const plan = Plan.parse(answer.json);
  expect(plan).toMatchObject({ kind: "bulk.snapshot", summary: { run: 2, skip: 0 } });
  expect(plan.items.map(({ vm }) => vm?.id ?? "").toSorted()).toEqual(failed.toSorted());
});

test("202: a single start is done again; 409 when the guest runs by now, and nothing happens", async () => {
  const stage = await lab();
  failing(stage, "/nodes/*/status/start", 1);
  const path = { cluster: "main", vmid: 110 };
  const { operation: first } = await carriedOut(stage, await stage.call(Start, { path }));
  expect(first).toMatchObject({ kind: "vm.start", state: "failed" });
  const { operation } = await carriedOut(stage, await stage.call(route, at(first.id)));
  expect(operation).toMatchObject({ kind: "vm.start", state: "succeeded", retryOf: first.id });
  stage.simulator.resetCounters();
  const again = await changingNothing(stage, () => stage.call(route, at(first.id)));
  expect(again).toMatchObject({ status: 409, json: { code: "vm.running" } });
});

test("202: a clone is made again", async () => {
  const stage = await lab();
  failing(stage, "/nodes/*/clone", 1);
  const path = { cluster: "main", vmid: 102 };
  const body = { name: "copy-1", full: true };
  const { operation: first } = await carriedOut(stage, await stage.call(Clone, { path, body }));
  expect(first.state).toBe("failed");
  const { operation, items } = await carriedOut(stage, await stage.call(route, at(first.id)));
  expect(operation).toMatchObject({ kind: "vm.clone", state: "succeeded", retryOf: first.id });
  expect(items).toMatchObject([{ vm: { name: "copy-1" } }]);
});

test("202: what a job's run left is done again without waiting for its schedule", async () => {
  const stage = await lab({ mode: "off" });
  failing(stage, "/nodes/*/status/start", 1);
  for (const vmid of [110, 114]) {
    const guest = stage.simulator.state.guests[String(vmid)];
    if (guest) guest.config.tags = "maint-ok";
  }
  await stage.clock.until(poll(stage.world, "main"));
  const select = { vmids: [110, 114] };
  const job = await made(stage, { kind: "power", params: { action: "start" }, select });
  const run = await carriedOut(stage, await stage.call(Run, { path: { job: job.id } }));
  const failed = run.items.filter(({ state }) => state === "failed").length;
  expect(failed).toBe(1);
  const { operation, items } = await carriedOut(stage, await stage.call(route, at(run.operation.id)));
  expect(operation).toMatchObject({ kind: "bulk.power", state: "succeeded", retryOf: run.operation.id });
  expect(items).toHaveLength(1);
});

test("409: an operation that has not ended, and one in which nothing failed; nothing happens", async () => {
  const stage = await lab();
  const body = { select: { vmids: [102] }, name: "{vm}-{time}" };
  const { id } = Operation.parse((await stage.call(Snapshots, { body })).json);
  const open = await changingNothing(stage, () => stage.call(route, at(id)));
  expect(open).toMatchObject({ status: 409, json: { code: "operation.running" } });
  await stage.settle(id);
  stage.simulator.resetCounters();
  const fine = await changingNothing(stage, () => stage.call(route, at(id)));
  expect(fine).toMatchObject({ status: 409, json: { code: "operation.nothing" } });
});

test("403: a viewer may not, and nobody may by a retry what the role does not allow; nothing happens", async () => {
  const { stage, first } = await halfFailed();
  const viewer = await stage.addKey("viewer");
  const refused = await changingNothing(stage, () => stage.call(route, { ...at(first.id), key: viewer }));
  expect(refused).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
  failing(stage, "/nodes/*/clone", 1);
  const path = { cluster: "main", vmid: 102 };
  const clone = await carriedOut(stage, await stage.call(Clone, { path, body: { full: true } }));
  stage.simulator.resetCounters();
  const operator = await stage.addKey("operator");
  const request = { ...at(clone.operation.id), key: operator };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
  expect(await auditOf(stage, { action: "vm.clone", outcome: "refused" })).toHaveLength(1);
});

test("404: an unknown operation; 400: an id, a state and a field that are none; nothing happens", async () => {
  const { stage, first } = await halfFailed();
  const unknown = await changingNothing(stage, () => stage.call(route, at(`op_${"0".repeat(26)}`)));
  expect(unknown).toMatchObject({ status: 404, json: { code: "operation.missing" } });
  expect((await changingNothing(stage, () => stage.call(route, at("op_1")))).status).toBe(400);
  for (const body of [{ states: [] }, { states: ["succeeded"] }, { state: "failed" }]) {
    const answer = await changingNothing(stage, () => stage.call(route, { ...at(first.id), body }));
    expect(answer.status).toBe(400);
  }
});

test("a repeat under the same Idempotency-Key makes no second operation", async () => {
  const { stage, first } = await halfFailed();
  const request = { ...at(first.id), headers: { "idempotency-key": "once-more" } };
  const one = await stage.call(route, request);
  const two = await stage.call(route, request);
  expect([two.status, two.json]).toEqual([202, one.json]);
  expect(await auditOf(stage, { action: "snapshot.create", outcome: "accepted" })).toHaveLength(2);
});
