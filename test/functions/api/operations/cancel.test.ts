import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/operations/cancel.ts";
import * as Get from "../../../../functions/api/operations/get.ts";
import { caller } from "../../../kit/caller.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { Operation, Plan } from "../../../kit/shape.ts";
import { begun } from "./stage.ts";

const route = { spec };
const at = (operation: string) => ({ path: { operation } });

/** An operation of which nothing has been begun yet: workers run only when a test lets them. */
async function waiting(options: Parameters<typeof lab>[0] = {}) {
  const stage = await lab(options);
  return { stage, operation: await begun(stage, [101, 102, 103, 104, 105, 106]) };
}

const rowOf = async (stage: Lab, id: string) =>
  stage.store.peek("History", { pk: `op#${id}`, sk: "operation" });

test("202: a queued operation ends as cancelled, Proxmox is asked for nothing, and audit tells who and why", async () => {
  const { stage, operation } = await waiting();
  const body = { reason: "wrong guests" };
  const answer = await stage.call(route, { ...at(operation.id), body });
  expect(answer.headers["location"]).toBe(`/v1/operations/${operation.id}`);
  expect(answer.json).toMatchObject({ id: operation.id, reason: expect.stringContaining("wrong guests") });
  const { operation: ended, items } = await carriedOut(stage, answer);
  expect(ended).toMatchObject({ state: "cancelled", progress: { total: 6, cancelled: 6, queued: 0 } });
  for (const item of items)
    expect(item).toMatchObject({ state: "cancelled", error: { code: "operation.stopped" } });
  expect(writesTo(stage)).toEqual({});
  expect(await auditOf(stage, { action: "operation.cancel" })).toMatchObject([
    { target: operation.id, outcome: "accepted", decision: "allowed", operation: operation.id },
  ]);
  expect(await auditOf(stage, { outcome: "cancelled" })).toHaveLength(6);
});

test("202: with stop the task of a single guest is stopped by its UPID, once", async () => {
  const stage = await lab({ speed: 0.001 });
  const { id } = await begun(stage, [102]);
  await stage.run(30_000);
  const { items } = await carriedOut(
    stage,
    await stage.call(route, { ...at(id), body: { running: "stop" } }),
  );
  expect(items).toMatchObject([{ state: "cancelled", upid: expect.stringContaining("qmsnapshot") }]);
  expect(writesTo(stage)).toMatchObject({ "DELETE /nodes/{node}/tasks/{upid}": 1 });
  expect(Object.keys(stage.simulator.state.guests["102"]?.snapshots ?? {})).toEqual([]);
});

test("200: with wait the answer is the operation that has ended", async () => {
  const { stage, operation } = await waiting();
  const sleep = (milliseconds: number) => stage.run(milliseconds);
  const busy = { ...stage.world, clock: { ...stage.world.clock, sleep } };
  const patient = caller(busy, { ...stage.clock, until: (promise) => promise }, stage.admin);
  const answer = await patient.call(route, { ...at(operation.id), query: { wait: "20s" } });
  expect(answer).toMatchObject({ status: 200, json: { state: "cancelled" } });
});

test("202: a large operation is answered for at once, in a few writes", async () => {
  const stage = await lab({ guests: 400 });
  const vmids = Object.values(stage.simulator.state.guests).map(({ vmid }) => vmid);
  const { id } = await begun(stage, vmids);
  await stage.run(60_000);
  const running = await begun(stage, vmids);
  const before = stage.store.dump().length;
  expect((await stage.call(route, at(running.id))).status).toBe(202);
  expect(stage.store.dump().length - before).toBeLessThanOrEqual(3);
  expect(await rowOf(stage, running.id)).toMatchObject({ state: "open", stop: expect.any(String) });
  expect(id).not.toBe(running.id);
});

test("200: a dry run says what would end and what would go on, and changes nothing", async () => {
  const { stage, operation } = await waiting();
  const request = { ...at(operation.id), query: { dryRun: "true" }, body: { running: "stop" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer.status).toBe(200);
  const plan = Plan.parse(answer.json);
  expect(plan).toMatchObject({ kind: "operation.cancel", summary: { run: 1, skip: 0 } });
  expect(plan.items[0]?.because).toMatch(/queued items are cancelled, \d+ running ones are stopped$/);
});

test("409: an operation that has ended; nothing happens", async () => {
  const { stage, operation } = await waiting();
  await stage.settle(operation.id);
  stage.simulator.resetCounters();
  const answer = await changingNothing(stage, () => stage.call(route, at(operation.id)));
  expect(answer).toMatchObject({ status: 409, json: { code: "operation.ended" } });
});

test("403: a viewer may not cancel, an operator may; the refusal is audited and nothing happens", async () => {
  const { stage, operation } = await waiting();
  const viewer = await stage.addKey("viewer");
  const request = { ...at(operation.id), key: viewer };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
  expect(await auditOf(stage, { action: "operation.cancel" })).toMatchObject([
    { target: operation.id, outcome: "refused", decision: "refused" },
  ]);
  const operator = await stage.addKey("operator");
  expect((await stage.call(route, { ...at(operation.id), key: operator })).status).toBe(202);
});

test("404: an unknown operation; 400: an id, a mode and a field that are none; nothing happens", async () => {
  const { stage, operation } = await waiting();
  const unknown = await changingNothing(stage, () => stage.call(route, at(`op_${"0".repeat(26)}`)));
  expect(unknown).toMatchObject({ status: 404, json: { code: "operation.missing" } });
  const bad = await changingNothing(stage, () => stage.call(route, at("op_1")));
  expect(bad).toMatchObject({ status: 400, json: { errors: [{ pointer: "/operation" }] } });
  for (const body of [{ running: "kill" }, { reson: "x" }, { reason: "a\nb" }]) {
    const answer = await changingNothing(stage, () => stage.call(route, { ...at(operation.id), body }));
    expect(answer.status).toBe(400);
  }
  expect((await stage.call(Get, at(operation.id))).json).toMatchObject({ reason: null });
});

test("a repeat under the same Idempotency-Key gets the same answer, also when the operation has ended", async () => {
  const { stage, operation } = await waiting();
  const request = { ...at(operation.id), headers: { "idempotency-key": "stop-it" } };
  const first = await stage.call(route, request);
  await stage.settle(operation.id);
  const again = await stage.call(route, request);
  expect([again.status, again.json]).toEqual([202, first.json]);
  expect(again.headers["idempotent-replayed"]).toBe("true");
  expect(await auditOf(stage, { action: "operation.cancel" })).toHaveLength(1);
  expect(Operation.parse(first.json).finishedAt).toBeNull();
});
