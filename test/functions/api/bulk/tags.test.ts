import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/bulk/tags.ts";
import { lab, type Lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { Plan } from "../../../kit/shape.ts";

const route = { spec };
const tagsIn = (stage: Lab, vmid: number) => stage.simulator.state.guests[vmid]?.config["tags"];
const acme = { tags: "client-acme AND env-prod" };

test("202: of every guest chosen tags are added and removed at once; always-on ones too", async () => {
  const stage = await lab({ mode: "off" });
  const body = { select: acme, add: ["env-dev"], remove: ["env-prod"] };
  const { operation, items } = await carriedOut(stage, await stage.call(route, { body }));
  expect(operation).toMatchObject({ kind: "bulk.tags", state: "succeeded", input: body });
  expect(items.map(({ vm }) => vm.id).toSorted()).toEqual(
    [101, 102, 103, 104, 201].map((vmid) => `main/${vmid}`),
  );
  expect(tagsIn(stage, 101)).toBe("always-on;client-acme;env-dev;moxxie;role-web");
  expect(tagsIn(stage, 201)).toBe("client-acme;env-dev;role-proxy");
  expect(stage.simulator.counters().calls["GET /cluster/resources"]?.requests ?? 0).toBeLessThanOrEqual(2);
});

test("202: audit tells of the acceptance and of each guest's outcome", async () => {
  const stage = await lab();
  const body = { select: { vmids: [101, 102] }, add: ["x"] };
  const { operation } = await carriedOut(stage, await stage.call(route, { body }));
  const rows = await auditOf(stage, { operation: operation.id });
  expect(rows.map((row) => `${row.action} ${row.target} ${row.outcome}`).toSorted()).toEqual([
    "vm.tags 2 guests by selector accepted",
    "vm.tags main/101 succeeded",
    "vm.tags main/102 succeeded",
  ]);
});

test("202: a replacement stands for all guests; who has these tags already is skipped", async () => {
  const stage = await lab({ mode: "off" });
  Object.assign(stage.simulator.state.guests[102]?.config ?? {}, { tags: "B;a" });
  const body = { select: { vmids: [101, 102] }, replace: ["a", "b"] };
  const { operation } = await carriedOut(stage, await stage.call(route, { body }));
  expect(operation.progress).toMatchObject({ succeeded: 1, skipped: 1 });
  expect([tagsIn(stage, 101), tagsIn(stage, 102)]).toEqual(["a;b", "B;a"]);
});

test("202: automatic tags come from each guest's name, beside what it has", async () => {
  const stage = await lab({ mode: "off" });
  const body = { select: { vmids: [118, 119] }, automatic: true };
  await carriedOut(stage, await stage.call(route, { body }));
  expect(tagsIn(stage, 118)).toBe("always-on;client-initech;env-dev;k8s-controlplane");
  expect(tagsIn(stage, 119)).toBe("client-initech;env-dev;k8s-worker");
});

test("D10: a guest that has a client, an environment or a role is given no second one by its name", async () => {
  const stage = await lab({ mode: "off" });
  Object.assign(stage.simulator.state.guests[110]?.config ?? {}, {
    name: "web-prod-1",
    tags: "client-acme;env-dev",
  });
  const body = { select: { vmids: [110] }, automatic: true, add: ["k8s-worker"] };
  await carriedOut(stage, await stage.call(route, { body }));
  expect(tagsIn(stage, 110)).toBe("client-acme;env-dev;k8s-worker");
});

test("202: in strict safe mode a guest without the owner tag is skipped with its code, untouched and audited", async () => {
  const stage = await lab({ mode: "strict" });
  const body = { select: { vmids: [102, 105] }, add: ["x"] };
  const { operation, items } = await carriedOut(stage, await stage.call(route, { body }));
  expect(items.map(({ vm, state, error }) => [vm.id, state, error?.code])).toEqual([
    ["main/102", "succeeded", undefined],
    ["main/105", "skipped", "safe-mode.refused"],
  ]);
  expect(Object.values(writesTo(stage))).toEqual([1]);
  const rows = await auditOf(stage, { decision: "refused" });
  expect(rows).toMatchObject([{ target: "main/105", operation: operation.id }]);
});

test("202: with safe-mode.manage and override guests are taken over, each recorded as an override", async () => {
  const stage = await lab({ mode: "strict" });
  const body = { select: { vmids: [105, 106] }, add: ["moxxie"], override: true };
  const { operation } = await carriedOut(stage, await stage.call(route, { body }));
  expect(operation.progress).toMatchObject({ succeeded: 2 });
  const rows = await auditOf(stage, { decision: "override", outcome: "succeeded" });
  expect(rows.map(({ target }) => target).toSorted()).toEqual(["main/105", "main/106"]);
});

test("202: without safe-mode.manage the owner tag is neither given nor taken: those are skipped and audited", async () => {
  const stage = await lab({ mode: "off" });
  const key = await stage.addKey("operator");
  const body = { select: { vmids: [102, 105] }, replace: ["moxxie", "x"] };
  const { items } = await carriedOut(stage, await stage.call(route, { body, key }));
  expect(items.map(({ vm, state, error }) => [vm.id, state, error?.code])).toEqual([
    ["main/102", "succeeded", undefined],
    ["main/105", "skipped", "policy.owner-tag"],
  ]);
  expect(await auditOf(stage, { decision: "refused" })).toMatchObject([{ target: "main/105" }]);
});

test("202: nor when the listing that the plan came from was too old to show it", async () => {
  const stage = await lab({ mode: "off" });
  const key = await stage.addKey("operator");
  Object.assign(stage.simulator.state.guests[105]?.config ?? {}, { tags: "moxxie" });
  const body = { select: { vmids: [105] }, replace: ["x"] };
  const { items } = await carriedOut(stage, await stage.call(route, { body, key }));
  expect(items).toMatchObject([{ state: "skipped", error: { code: "policy.owner-tag" } }]);
  expect(tagsIn(stage, 105)).toBe("moxxie");
  expect(await auditOf(stage, { decision: "refused" })).toMatchObject([{ target: "main/105" }]);
});

test("200: a dry run says of each guest what would become of its tags, and changes nothing", async () => {
  const stage = await lab({ mode: "strict" });
  const body = { select: { names: ["web-*"] }, add: ["x"], remove: ["role-web"] };
  const answer = await changingNothing(stage, () => stage.call(route, { body, query: { dryRun: "true" } }));
  const plan = Plan.parse(answer.json);
  expect(plan.kind).toBe("bulk.tags");
  expect(plan.items.find(({ vm }) => vm?.id === "main/102")).toMatchObject({
    willRun: true,
    because: "add x; remove role-web",
    detail: { tags: ["client-acme", "env-prod", "moxxie", "x"] },
  });
  expect(plan.items.find(({ vm }) => vm?.id === "main/105")).toMatchObject({ code: "safe-mode.refused" });
  expect(plan.items.find(({ vm }) => vm?.id === "main/103")).toMatchObject({ code: "selector.left-out" });
});

test.for<[Record<string, unknown>, string]>([
  [{ select: acme }, "/add"],
  [{ select: acme, add: [] }, "/add"],
  [{ select: acme, add: ["a;b"] }, "/add/0"],
  [{ select: acme, add: ["a"], replace: ["b"] }, "/replace"],
  [{ select: acme, replace: ["b"], automatic: true }, "/replace"],
  [{ select: acme, add: ["a"], remove: ["A"] }, "/remove"],
  [{ add: ["a"] }, "/select"],
  [{ select: {}, add: ["a"] }, "/select"],
  [{ select: acme, add: ["a"], tags: ["b"] }, "/tags"],
])("400: %j names its field; Proxmox is never asked", async ([body, pointer]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, { body }));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
  expect(stage.simulator.counters().total.requests).toBe(0);
});
