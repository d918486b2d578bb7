import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/bulk/power.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { retag } from "../../../kit/retag.ts";
import { Plan } from "../../../kit/shape.ts";

const route = { spec };
const of = (vmids: readonly number[], action: string, more: object = {}) => ({
  body: { select: { vmids }, action, ...more },
});

const codesOf = (items: readonly { vm: { id: string }; state: string; error: { code: string } | null }[]) =>
  Object.fromEntries(items.map((item) => [item.vm.id, item.error?.code ?? item.state]));

test("202: what can be stopped is stopped, and each guest that is left out has its reason", async () => {
  const stage = await lab();
  const request = of([101, 102, 104, 105, 110, 999], "stop", { maxConcurrency: "50%", maxErrors: 1 });
  const { operation, items } = await carriedOut(stage, await stage.call(route, request));
  expect(operation).toMatchObject({ kind: "bulk.power", state: "succeeded" });
  expect(codesOf(items)).toEqual({
    "main/101": "policy.always-on",
    "main/102": "succeeded",
    "main/104": "succeeded",
    "main/105": "safe-mode.refused",
    "main/110": "vm.stopped",
    "*/999": "vm.missing",
  });
  expect(writesTo(stage)).toEqual({ "POST /nodes/{node}/qemu/{vmid}/status/stop": 2 });
  expect(await auditOf(stage, { decision: "refused" })).toMatchObject([
    { target: "main/105", action: "vm.stop" },
    { target: "main/101", action: "vm.stop" },
  ]);
});

test.for([
  ["start", 110, "running"],
  ["shutdown", 102, "stopped"],
  ["reboot", 102, "running"],
  ["reset", 102, "running"],
  ["suspend", 102, "running"],
] as const)("202: %s of guest %s", async ([action, vmid, status]) => {
  const stage = await lab();
  const { items } = await carriedOut(stage, await stage.call(route, of([vmid], action)));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(stage.simulator.state.guests[vmid]?.status).toBe(status);
  expect(writesTo(stage)).toEqual({ [`POST /nodes/{node}/qemu/{vmid}/status/${action}`]: 1 });
});

test("202: resume wakes what was suspended, and skips what runs", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests["102"] ?? {}, { paused: true });
  const { items } = await carriedOut(stage, await stage.call(route, of([102, 104], "resume")));
  expect(codesOf(items)).toEqual({ "main/102": "succeeded", "main/104": "vm.running" });
});

test("202: with force what does not shut down is stopped; force sets no rule aside", async () => {
  const stage = await lab();
  Object.assign(stage.simulator.state.guests["102"] ?? {}, { deaf: true });
  const request = of([101, 102, 105], "shutdown", { timeout: "1m", force: true });
  const { items } = await carriedOut(stage, await stage.call(route, request));
  expect(codesOf(items)).toEqual({
    "main/101": "policy.always-on",
    "main/102": "succeeded",
    "main/105": "safe-mode.refused",
  });
  expect(stage.simulator.state.guests["102"]?.status).toBe("stopped");
});

test("202: a bulk call needs no maint-ok: that is for jobs", async () => {
  const stage = await lab();
  await retag(stage, { 102: "moxxie" });
  const { items } = await carriedOut(stage, await stage.call(route, of([102], "stop")));
  expect(items).toMatchObject([{ state: "succeeded" }]);
});

test("200: a dry run tells what would be done to whom; nothing happens", async () => {
  const stage = await lab();
  const request = { ...of([101, 102, 201], "reset"), query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  const plan = Plan.parse(answer.json);
  expect(plan.summary).toMatchObject({ run: 1 });
  expect(plan.items.slice(0, 3)).toMatchObject([
    { vm: { id: "main/101" }, code: "policy.always-on" },
    { vm: { id: "main/102" }, willRun: true, action: "vm.reset" },
    { vm: { id: "main/201" }, willRun: false },
  ]);
});

test("403: who may not do the action, though other ones; nothing happens but the audit row", async () => {
  const stage = await lab();
  const key = await stage.addKey("viewer");
  const request = { ...of([102], "stop"), key };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
  expect(await auditOf(stage)).toMatchObject([{ action: "vm.stop", decision: "refused" }]);
});

test.for([
  ["select", { select: {}, action: "stop" }],
  ["action", { select: { vmids: [102] }, action: "explode" }],
  ["timeout", { select: { vmids: [102] }, action: "suspend", timeout: "1m" }],
  ["force", { select: { vmids: [102] }, action: "stop", force: true }],
  ["toDisk", { select: { vmids: [102] }, action: "stop", toDisk: true }],
  ["forse", { select: { vmids: [102] }, action: "shutdown", forse: true }],
] as const)("400: %s that does not fit; nothing happens", async ([field, body]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, { body }));
  expect(answer.status).toBe(400);
  expect(answer.json).toMatchObject({ errors: [{ pointer: `/${field}` }] });
});

test.for([
  ["start", 102, "vm.running"],
  ["start", 110, null],
  ["stop", 110, "vm.stopped"],
  ["reboot", 110, "vm.stopped"],
  ["shutdown", 102, null],
  ["resume", 102, null],
  ["resume", 110, "vm.stopped"],
] as const)(
  "I2: 200: the dry run of %s says of guest %i whether it would: %s",
  async ([action, vmid, code]) => {
    const stage = await lab({ mode: "off" });
    const answer = await stage.call(route, { ...of([vmid], action), query: { dryRun: "true" } });
    const item = Plan.parse(answer.json).items.find(({ vm }) => vm?.id === `main/${vmid}`);
    expect(item).toMatchObject({ willRun: code === null, code });
  },
);
