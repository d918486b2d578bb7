import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/shutdown.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";

const route = { spec };
const at = (vmid: number, body: unknown = {}) => ({ path: { cluster: "main", vmid }, body });
const ONE = { "POST /nodes/{node}/qemu/{vmid}/status/shutdown": 1 };

async function deafLab() {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests["102"] ?? {}, { deaf: true });
  return stage;
}

test("202: a guest that runs shuts itself down, and audit tells", async () => {
  const stage = await lab({ mode: "strict" });
  const { operation, items } = await carriedOut(stage, await stage.call(route, at(102)));
  expect(operation).toMatchObject({ kind: "vm.shutdown", state: "succeeded" });
  expect(items).toMatchObject([{ upid: expect.stringContaining(":qmshutdown:102:") }]);
  expect(stage.simulator.state.guests["102"]?.status).toBe("stopped");
  expect(writesTo(stage)).toEqual(ONE);
  expect(await auditOf(stage, { target: "main/102" })).toMatchObject([
    { action: "vm.shutdown", outcome: "succeeded" },
    { action: "vm.shutdown", outcome: "accepted" },
  ]);
});

test("202: a container is shut down by its own call", async () => {
  const stage = await lab({ mode: "off" });
  await carriedOut(stage, await stage.call(route, at(201, { timeout: "90s" })));
  expect(stage.simulator.state.guests["201"]?.status).toBe("stopped");
  expect(writesTo(stage)).toEqual({ "POST /nodes/{node}/lxc/{vmid}/status/shutdown": 1 });
});

test("F51: a shutdown that comes to nothing fails by its own name, after the time that was given, and stops nothing", async () => {
  const stage = await deafLab();
  const before = stage.clock.now().getTime();
  const { operation, items } = await carriedOut(stage, await stage.call(route, at(102, { timeout: "2m" })));
  expect(operation.state).toBe("failed");
  expect(items).toMatchObject([{ state: "failed", error: { code: "task.timeout" } }]);
  expect(stage.clock.now().getTime() - before).toBeGreaterThanOrEqual(120_000);
  expect(stage.simulator.state.guests["102"]?.status).toBe("running");
  expect(writesTo(stage)).toEqual(ONE);
});

test("F51: with force the guest is stopped when it does not shut down, by one request in all", async () => {
  const stage = await deafLab();
  const request = at(102, { timeout: "2m", force: true });
  const { items } = await carriedOut(stage, await stage.call(route, request));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(stage.simulator.state.guests["102"]?.status).toBe("stopped");
  expect(writesTo(stage)).toEqual(ONE);
});

test("409: a paused guest cannot shut down; with force it is stopped", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests["102"] ?? {}, { paused: true });
  const refused = await changingNothing(stage, () => stage.call(route, at(102)));
  expect(refused).toMatchObject({ status: 409, json: { code: "vm.paused" } });
  const { items } = await carriedOut(stage, await stage.call(route, at(102, { force: true })));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test("409: a guest that is off is left as it is", async () => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, at(110)));
  expect(answer).toMatchObject({ status: 409, json: { code: "vm.stopped" } });
});

test("403: an always-on guest needs override", async () => {
  const stage = await lab({ mode: "off" });
  const answer = await changingNothing(stage, () => stage.call(route, at(101)));
  expect(answer).toMatchObject({ status: 403, json: { code: "policy.always-on" } });
  const { items } = await carriedOut(stage, await stage.call(route, at(101, { override: true })));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test.for(["0s", "soon", 60])("400: timeout %s; nothing happens", async (timeout) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, at(102, { timeout })));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/timeout" }] } });
});

test("400: toDisk is for suspend; nothing happens", async () => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, at(102, { toDisk: true })));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/toDisk" }] } });
});
