import { expect, test } from "vitest";
import * as Resume from "../../../../functions/api/vms/resume.ts";
import { spec } from "../../../../functions/api/vms/suspend.ts";
import * as Status from "../../../../functions/api/vms/status.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";

const route = { spec };
const at = (vmid: number, body: unknown = {}) => ({ path: { cluster: "main", vmid }, body });
const seen = { path: { cluster: "main", vmid: 102 } };
const POST = "POST /nodes/{node}/qemu/{vmid}/status/suspend";

test("202: a guest is paused, and goes on when it is resumed", async () => {
  const stage = await lab({ mode: "strict" });
  const { operation, items } = await carriedOut(stage, await stage.call(route, at(102)));
  expect(operation).toMatchObject({ kind: "vm.suspend", state: "succeeded" });
  expect(items).toMatchObject([{ upid: expect.stringContaining(":qmpause:102:") }]);
  expect(writesTo(stage)).toEqual({ [POST]: 1 });
  expect((await stage.call(Status, seen)).json).toMatchObject({ status: "paused" });
  expect(await auditOf(stage, { target: "main/102" })).toMatchObject([
    { action: "vm.suspend", outcome: "succeeded" },
    { action: "vm.suspend", outcome: "accepted" },
  ]);
  const resumed = await carriedOut(stage, await stage.call(Resume, at(102)));
  expect(resumed.items).toMatchObject([{ state: "succeeded" }]);
  expect((await stage.call(Status, seen)).json).toMatchObject({ status: "running" });
});

test("202: with toDisk the guest sleeps on disk and is off, and resume wakes it", async () => {
  const stage = await lab();
  const { items } = await carriedOut(stage, await stage.call(route, at(102, { toDisk: true })));
  expect(items).toMatchObject([{ state: "succeeded", upid: expect.stringContaining(":qmsuspend:102:") }]);
  expect((await stage.call(Status, seen)).json).toMatchObject({ status: "suspended", lock: "suspended" });
  const resumed = await carriedOut(stage, await stage.call(Resume, at(102)));
  expect(resumed.items).toMatchObject([{ state: "succeeded" }]);
  expect(stage.simulator.state.guests["102"]).toMatchObject({ status: "running" });
});

test("202: a paused guest can be sent to sleep on disk, but not be paused again", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests["102"] ?? {}, { paused: true });
  const again = await changingNothing(stage, () => stage.call(route, at(102)));
  expect(again).toMatchObject({ status: 409, json: { code: "vm.paused" } });
  const { items } = await carriedOut(stage, await stage.call(route, at(102, { toDisk: true })));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test("202: an answer that got lost is settled by the state of the guest, and nothing is asked twice", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "POST" }, do: "cut-after" });
  const { items } = await carriedOut(stage, await stage.call(route, at(102)));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(writesTo(stage)).toEqual({ [POST]: 1 });
});

test("409: a container does not sleep on disk, and a guest that is off not at all; nothing happens", async () => {
  const stage = await lab({ mode: "off" });
  const container = await changingNothing(stage, () => stage.call(route, at(201, { toDisk: true })));
  expect(container).toMatchObject({ status: 409, json: { code: "vm.container" } });
  const off = await changingNothing(stage, () => stage.call(route, at(110)));
  expect(off).toMatchObject({ status: 409, json: { code: "vm.stopped" } });
});

test("403: an always-on guest needs override; nothing happens", async () => {
  const stage = await lab({ mode: "off" });
  const answer = await changingNothing(stage, () => stage.call(route, at(101)));
  expect(answer).toMatchObject({ status: 403, json: { code: "policy.always-on" } });
});
