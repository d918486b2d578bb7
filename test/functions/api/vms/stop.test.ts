import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/stop.ts";
import { caller } from "../../../kit/caller.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { retag } from "../../../kit/retag.ts";
import { Operation, Problem } from "../../../kit/shape.ts";

const route = { spec };
const at = (vmid: number) => ({ path: { cluster: "main", vmid } });

test("202: a running guest with the owner tag is stopped once, and audit tells", async () => {
  const stage = await lab({ mode: "strict" });
  const { operation, items } = await carriedOut(stage, await stage.call(route, at(102)));
  expect(operation).toMatchObject({ kind: "vm.stop", state: "succeeded" });
  expect(items).toMatchObject([{ vm: { id: "main/102" }, upid: expect.stringContaining(":qmstop:102:") }]);
  expect(stage.simulator.state.guests["102"]?.status).toBe("stopped");
  expect(writesTo(stage)).toEqual({ "POST /nodes/{node}/qemu/{vmid}/status/stop": 1 });
  expect(await auditOf(stage, { target: "main/102" })).toMatchObject([
    { outcome: "succeeded", decision: "allowed" },
    { outcome: "accepted", decision: "allowed" },
  ]);
});

test("200: with wait the answer is the operation that has ended", async () => {
  const stage = await lab();
  const sleep = (milliseconds: number) => stage.run(milliseconds);
  const busy = { ...stage.world, clock: { ...stage.world.clock, sleep } };
  const patient = caller(busy, { ...stage.clock, until: (promise) => promise }, stage.admin);
  const answer = await patient.call(route, { ...at(102), query: { wait: "20s" } });
  expect(answer).toMatchObject({ status: 200, json: { state: "succeeded", progress: { succeeded: 1 } } });
});

test.each([{}, { "idempotency-key": "once-and-never-again" }])(
  "B17: 202: the wait counts from when the request came: a plan of 14 s leaves 11 of 25; headers %j",
  async (headers) => {
    const stage = await lab();
    const match = { method: "GET", path: "/cluster/resources" };
    stage.simulator.faults.add({ match: { ...match, times: 1 }, do: "delay", milliseconds: 7000 });
    const status = { method: "GET", path: "/nodes/*/status/current", times: 1 };
    stage.simulator.faults.add({ match: status, do: "delay", milliseconds: 7000 });
    const before = stage.clock.now().getTime();
    const answer = await stage.call(route, { ...at(102), query: { wait: "25s" }, headers });
    expect(answer).toMatchObject({ status: 202, json: { kind: "vm.stop" } });
    const took = stage.clock.now().getTime() - before;
    expect([took > 14_000, took <= 26_000]).toEqual([true, true]);
  },
);

test.for(["26s", "20", "-1s", "soon"])("400: wait=%s; nothing is stopped", async (wait) => {
  const stage = await lab();
  const request = { ...at(102), query: { wait } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/wait" }] } });
});

test.for(["strict", "permissive"] as const)(
  "403: %s safe mode refuses a guest without the owner tag; nothing happens but the audit row",
  async (mode) => {
    const stage = await lab({ mode });
    const answer = await changingNothing(stage, () => stage.call(route, at(105)));
    expect(answer.status).toBe(403);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    const problem = Problem.parse(answer.json);
    expect(problem).toMatchObject({ code: "safe-mode.refused", instance: "/v1/clusters/main/vms/105/stop" });
    expect(problem.detail).toContain("owner tag moxxie");
    const [row, ...others] = await auditOf(stage);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ action: "vm.stop", target: "main/105", decision: "refused" });
    expect(row).toMatchObject({ outcome: "refused", requestId: problem.requestId });
  },
);

test("202: an admin overrides safe mode with override, and audit calls it an override", async () => {
  const stage = await lab({ mode: "strict" });
  const request = { ...at(105), body: { override: true } };
  await carriedOut(stage, await stage.call(route, request));
  expect(stage.simulator.state.guests["105"]?.status).toBe("stopped");
  expect(await auditOf(stage, { target: "main/105" })).toMatchObject([
    { outcome: "succeeded", decision: "override" },
    { outcome: "accepted", decision: "override", reason: expect.stringContaining("overridden") },
  ]);
});

test("403: an operator's override overrides nothing", async () => {
  const stage = await lab();
  const key = await stage.addKey("operator");
  const request = { ...at(105), body: { override: true }, key };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
});

test("403: an always-on guest is not stopped without override, whatever safe mode says", async () => {
  const stage = await lab({ mode: "off" });
  const answer = await changingNothing(stage, () => stage.call(route, at(101)));
  expect(answer).toMatchObject({ status: 403, json: { code: "policy.always-on" } });
  expect(await auditOf(stage)).toMatchObject([{ target: "main/101", decision: "refused" }]);
  const request = { ...at(101), body: { override: true } };
  const { items } = await carriedOut(stage, await stage.call(route, request));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test("202: in safe mode audit a foreign guest is stopped, and both rows say what would have been", async () => {
  const stage = await lab({ mode: "audit" });
  await carriedOut(stage, await stage.call(route, at(105)));
  expect(await auditOf(stage)).toMatchObject([
    { outcome: "succeeded", wouldRefuse: true },
    { outcome: "accepted", wouldRefuse: true },
  ]);
});

test("409: a guest that is stopped already is left as it is", async () => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, at(110)));
  expect(answer).toMatchObject({ status: 409, json: { code: "vm.stopped" } });
});

test("404: an unknown guest; nothing happens", async () => {
  const stage = await lab();
  expect((await changingNothing(stage, () => stage.call(route, at(999)))).status).toBe(404);
});

test("400: override that is no boolean, and a field that is unknown; nothing happens", async () => {
  const stage = await lab();
  const answer = await changingNothing(stage, () =>
    stage.call(route, { ...at(102), body: { override: "yes", timeOut: "5m" } }),
  );
  expect(answer.status).toBe(400);
  const pointers = Problem.parse(answer.json).errors?.map((error) => error.pointer);
  expect(pointers?.toSorted()).toEqual(["/override", "/timeOut"]);
});

test("202: safe mode that turns strict after the acceptance stops what has not begun", async () => {
  const stage = await lab({ mode: "off" });
  const answer = await stage.call(route, at(105));
  const row = { pk: "safe-mode", sk: "current", mode: "strict", ownerTag: "moxxie" };
  await stage.store.write([{ table: "State", put: row }]);
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "skipped", error: { code: "safe-mode.refused" } }]);
  expect(writesTo(stage)).toEqual({});
  expect(await auditOf(stage, { outcome: "skipped" })).toMatchObject([{ decision: "refused" }]);
});

test("the audit log tells of an item's end what policy said when it began, not when it was planned", async () => {
  const stage = await lab({ mode: "audit" });
  await retag(stage, { 102: "moxxie" });
  const { id } = Operation.parse((await stage.call(route, at(102))).json);
  Object.assign(stage.simulator.state.guests["102"]?.config ?? {}, { tags: "web" });
  await stage.settle(id);
  const rows = await auditOf(stage, { target: "main/102" });
  expect(rows.map(({ outcome, wouldRefuse = false }) => [outcome, wouldRefuse])).toEqual([
    ["succeeded", true],
    ["accepted", false],
  ]);
});
