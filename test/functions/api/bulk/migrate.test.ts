import { expect, test } from "vitest";
import { poll } from "../../../../core/inventory/index.ts";
import { spec } from "../../../../functions/api/bulk/migrate.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { retag } from "../../../kit/retag.ts";
import { Plan } from "../../../kit/shape.ts";

const route = { spec };
const of = (vmids: readonly number[], more: object = {}) => ({ body: { select: { vmids }, ...more } });

test("202: all that can go to one node; what is there, runs in a container or is foreign stays, each with its reason", async () => {
  const stage = await lab();
  await retag(stage, { 202: "moxxie", 204: "moxxie", 201: "always-on;moxxie" });
  const request = of([101, 102, 103, 105, 201, 202, 204], { target: "pve3" });
  const { operation, items } = await carriedOut(stage, await stage.call(route, request));
  expect(operation).toMatchObject({ kind: "bulk.migrate", state: "succeeded" });
  expect(Object.fromEntries(items.map((item) => [item.vm.id, item.error?.code ?? item.state]))).toEqual({
    "main/101": "succeeded",
    "main/102": "succeeded",
    "main/103": "vm.there",
    "main/105": "safe-mode.refused",
    "main/201": "vm.running",
    "main/202": "vm.running",
    "main/204": "succeeded",
  });
  const nodes = Object.values(stage.simulator.state.guests).filter(({ vmid }) =>
    [101, 102, 204].includes(vmid),
  );
  expect(nodes.map(({ node }) => node)).toEqual(["pve3", "pve3", "pve3"]);
  expect((await auditOf(stage, { decision: "refused" })).length).toBe(1);
});

test("202: with restart containers go too, but for those that are always on; force is no field of it", async () => {
  const stage = await lab();
  await retag(stage, { 202: "moxxie", 201: "always-on;moxxie" });
  const request = of([201, 202], { target: "pve3", restart: true });
  const { items } = await carriedOut(stage, await stage.call(route, request));
  expect(items.map((item) => item.error?.code ?? item.state).toSorted()).toEqual([
    "policy.always-on",
    "succeeded",
  ]);
  expect(stage.simulator.state.guests["201"]).toMatchObject({ node: "pve1", status: "running" });
  const forced = await stage.call(route, of([201], { target: "pve3", restart: true, force: true }));
  expect(forced).toMatchObject({ status: 400, json: { errors: [{ pointer: "/force" }] } });
});

test("202: a node is emptied over all others that have the storages, and nothing goes to one in maintenance", async () => {
  const stage = await lab({ mode: "off", nodes: 5 });
  const { state } = stage.simulator;
  for (const name of ["local-lvm", "nfs"])
    Object.assign(state.storages[name] ?? {}, { nodes: ["pve1", "pve2", "pve3", "pve4"] });
  const of1 = Object.values(state.guests).filter(
    ({ node, status }) => node === "pve1" && status === "running",
  );
  const body = { select: { nodes: ["pve1"], types: ["qemu"], status: "running" } };
  const planned = Plan.parse((await stage.call(route, { body, query: { dryRun: "true" } })).json);
  expect(planned.summary.run).toBe(of1.filter(({ kind }) => kind === "qemu").length);
  const { operation } = await carriedOut(stage, await stage.call(route, { body }));
  expect(operation).toMatchObject({ state: "succeeded" });
  const nodes = of1.filter(({ kind }) => kind === "qemu").map(({ node }) => node);
  expect(nodes.every((node) => ["pve2", "pve3", "pve4"].includes(node))).toBe(true);
  expect(new Set(nodes).size).toBeGreaterThan(1);
});

test("202: however many nodes they come from, one node takes in no more at once than its cap", async () => {
  const stage = await lab({ mode: "off", nodes: 6, guests: 72 });
  const answer = await stage.call(route, {
    body: { select: { types: ["qemu"], status: "running" }, target: "pve6" },
  });
  let most = 0;
  stage.simulator.state.tasks = new Proxy(stage.simulator.state.tasks, {
    set(tasks, upid, task) {
      const now = Object.values(tasks).filter(
        ({ type, endtime }) => type === "qmigrate" && endtime === undefined,
      );
      most = Math.max(most, now.length + 1);
      return Reflect.set(tasks, upid, task);
    },
  });
  const { operation } = await carriedOut(stage, answer);
  expect(operation).toMatchObject({ state: "succeeded" });
  expect(writesTo(stage)["POST /nodes/{node}/qemu/{vmid}/migrate"]).toBeGreaterThan(20);
  expect(most).toBeLessThanOrEqual(4);
  expect(most).toBeGreaterThan(1);
});

test("202: what a node turns out to lack when the turn comes is a skip with the reason", async () => {
  const stage = await lab({ mode: "off" });
  Object.assign(stage.simulator.state.storages["local-lvm"] ?? {}, { nodes: ["pve1", "pve2"] });
  Object.assign(stage.simulator.state.guests["104"]?.config ?? {}, { usb0: "host=1-2" });
  const { items } = await carriedOut(stage, await stage.call(route, of([104, 110], { target: "pve3" })));
  expect(Object.fromEntries(items.map((item) => [item.vm.id, [item.state, item.error?.code]]))).toEqual({
    "main/104": ["skipped", "migrate.local-devices"],
    "main/110": ["skipped", "placement.unfit"],
  });
  expect(writesTo(stage)).toEqual({});
});

test("200: a dry run says for each where it would go; nothing happens", async () => {
  const stage = await lab({ mode: "off" });
  const request = { ...of([102, 105]), query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  const { items } = Plan.parse(answer.json);
  const chosen = items.filter(({ willRun }) => willRun);
  expect(chosen).toHaveLength(2);
  for (const { detail } of chosen) expect(["pve1", "pve3"]).toContain(detail["target"]);
});

test("200: a guest that policy keeps where it is takes no room where others go", async () => {
  const stage = await lab({ mode: "strict" });
  const { guests, nodes } = stage.simulator.state;
  Object.assign(guests["103"]?.config ?? {}, { memory: String(40 * 1024) });
  Object.assign(guests["106"]?.config ?? {}, { memory: String(90 * 1024) });
  Object.assign(nodes["pve1"] ?? {}, { maintenance: true });
  await stage.clock.until(poll(stage.world, "main"));
  const request = { ...of([103, 106]), query: { dryRun: "true" } };
  const { items } = Plan.parse((await stage.call(route, request)).json);
  const chosen = items.filter(({ vm }) => ["main/103", "main/106"].includes(vm?.id ?? ""));
  expect(chosen.map(({ vm, code, detail }) => [vm?.id, code, detail["target"]])).toEqual([
    ["main/103", null, "pve2"],
    ["main/106", "safe-mode.refused", undefined],
  ]);
});

test("404: a node that no cluster has; nothing happens", async () => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, of([102], { target: "pve9" })));
  expect(answer).toMatchObject({ status: 404, json: { code: "node.missing" } });
});

test.for([
  ["/targetStorage", "nowhere"],
  ["/targetStorage/local-lvn", { "local-lvn": "nfs" }],
  ["/targetStorage/local-lvm", { "local-lvm": "nowhere" }],
] as const)(
  "C: 400: %s that names a storage which no cluster has; nothing happens",
  async ([pointer, targetStorage]) => {
    const stage = await lab();
    for (const query of [{}, { dryRun: "true" }]) {
      const request = { ...of([110], { target: "pve2", targetStorage }), query };
      const answer = await changingNothing(stage, () => stage.call(route, request));
      expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
    }
  },
);

test("400: a selector that chooses by nothing moves nothing", async () => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, { body: { select: {} } }));
  expect(answer).toMatchObject({ status: 400, json: { code: "selector.empty" } });
});

test("403: an operator moves nothing", async () => {
  const stage = await lab();
  const key = await stage.addKey("operator");
  const answer = await changingNothing(stage, () => stage.call(route, { ...of([102]), key }));
  expect(answer).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
});
