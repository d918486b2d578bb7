import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/vms/start.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { Plan, Problem } from "../../../kit/shape.ts";

const route = { spec };
const at = (vmid: number | string, cluster = "main") => ({ path: { cluster, vmid } });
const POST = "POST /nodes/{node}/qemu/{vmid}/status/start";

test("202: a stopped guest is started once, and the operation is where Location says", async () => {
  const stage = await lab();
  const answer = await stage.call(route, at(110));
  const { operation, items } = await carriedOut(stage, answer);
  expect(answer.headers["location"]).toBe(`/v1/operations/${operation.id}`);
  expect(operation).toMatchObject({ kind: "vm.start", state: "succeeded", progress: { total: 1 } });
  expect(items).toMatchObject([{ vm: { id: "main/110", node: "pve1" }, state: "succeeded" }]);
  expect(stage.simulator.state.guests["110"]?.status).toBe("running");
  expect(writesTo(stage)).toEqual({ [POST]: 1 });
});

test("202: audit tells of the start, its outcome and its task", async () => {
  const stage = await lab();
  const { operation, items } = await carriedOut(stage, await stage.call(route, at(110)));
  const rows = await auditOf(stage, { target: "main/110" });
  expect(rows).toMatchObject([
    { action: "vm.start", outcome: "succeeded", operation: operation.id, upid: items[0]?.upid },
    { action: "vm.start", outcome: "accepted", operation: operation.id, decision: "allowed" },
  ]);
});

test("202: permissive safe mode lets a guest without the owner tag be started", async () => {
  const stage = await lab();
  const { items } = await carriedOut(stage, await stage.call(route, at(107)));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test("202: a container is started like a VM", async () => {
  const stage = await lab();
  await carriedOut(stage, await stage.call(route, at(203)));
  expect(stage.simulator.state.guests["203"]?.status).toBe("running");
});

test("403: strict safe mode refuses a guest without the owner tag; Proxmox is not asked to, audit tells", async () => {
  const stage = await lab({ mode: "strict" });
  const answer = await changingNothing(stage, () => stage.call(route, at(107)));
  expect(answer.status).toBe(403);
  expect(Problem.parse(answer.json)).toMatchObject({ code: "safe-mode.refused", retryable: false });
  expect(await auditOf(stage)).toMatchObject([
    { action: "vm.start", target: "main/107", decision: "refused", outcome: "refused", operation: null },
  ]);
});

test("409: a guest that runs already is left as it is", async () => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, at(102)));
  expect(answer.status).toBe(409);
  expect(Problem.parse(answer.json)).toMatchObject({ code: "vm.running" });
});

test("409: the state of the guest is asked of Proxmox itself, not of the inventory", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests["110"] ?? {}, { status: "running" });
  expect((await changingNothing(stage, () => stage.call(route, at(110)))).status).toBe(409);
});

test("409: a template is not started", async () => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, at(9000)));
  expect(answer.status).toBe(409);
  expect(Problem.parse(answer.json)).toMatchObject({ code: "vm.template" });
});

test("404: an unknown guest and an unknown cluster are told apart; nothing happens", async () => {
  const stage = await lab();
  const guest = await changingNothing(stage, () => stage.call(route, at(999)));
  expect(guest).toMatchObject({ status: 404, json: { code: "vm.missing" } });
  const cluster = await changingNothing(stage, () => stage.call(route, at(101, "other")));
  expect(cluster).toMatchObject({ status: 404, json: { code: "cluster.missing" } });
});

test.for([
  ["vmid", at("99")],
  ["vmid", at("abc")],
  ["vmid", at("1e3")],
  ["vmid", at("0x6e")],
  ["cluster", at(110, "Main!")],
] as const)("400: a path that names no %s; nothing happens", async ([field, request]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer: `/${field}` }]);
});

test("200: a dry run says what would be done and changes nothing", async () => {
  const stage = await lab({ mode: "strict" });
  const plan = async (vmid: number) => {
    const request = { ...at(vmid), query: { dryRun: "true" } };
    const answer = await changingNothing(stage, () => stage.call(route, request));
    expect(answer.status).toBe(200);
    return Plan.parse(answer.json);
  };
  expect(await plan(110)).toMatchObject({ kind: "vm.start", items: [{ willRun: true, code: null }] });
  expect(await plan(107)).toMatchObject({ items: [{ willRun: false, code: "safe-mode.refused" }] });
  expect(await plan(102)).toMatchObject({ items: [{ willRun: false, code: "vm.running" }] });
});

test("503: a cluster that does not answer starts nothing", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "GET" }, do: "cut-before" });
  const answer = await changingNothing(stage, () => stage.call(route, at(110)));
  expect(answer).toMatchObject({ status: 503, json: { code: "proxmox.unreachable", retryable: true } });
  expect(Problem.parse(answer.json).proxmox).toMatchObject({ path: "/cluster/resources" });
});

test("202: a task that fails is told by the item, not by the request", async () => {
  const stage = await lab();
  const answer = { status: 500, reason: "start failed: no such disk" };
  stage.simulator.faults.add({ match: { method: "POST" }, do: "answer", ...answer });
  const { operation, items } = await carriedOut(stage, await stage.call(route, at(110)));
  expect(operation.state).toBe("failed");
  expect(items).toMatchObject([
    { state: "failed", error: { detail: expect.stringContaining("no such disk") } },
  ]);
  expect(await auditOf(stage, { outcome: "failed" })).toMatchObject([{ target: "main/110" }]);
});
