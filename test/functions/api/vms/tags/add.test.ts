import { expect, test } from "vitest";
import * as Get from "../../../../../functions/api/vms/tags/get.ts";
import { spec } from "../../../../../functions/api/vms/tags/add.ts";
import { lab } from "../../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../../kit/proof.ts";
import { Plan } from "../../../../kit/shape.ts";

const route = { spec };
const path = (vmid: number) => ({ cluster: "main", vmid });
const PUT = "PUT /nodes/{node}/qemu/{vmid}/config";

test("202: a tag is added beside those that are there, and the list shows it at once", async () => {
  const stage = await lab();
  await stage.clock.advance(60_000);
  const answer = await stage.call(route, { path: path(102), body: { tags: ["location-ams"] } });
  const { operation, items } = await carriedOut(stage, answer);
  expect(answer.headers["location"]).toBe(`/v1/operations/${operation.id}`);
  expect(operation).toMatchObject({ kind: "vm.tags", state: "succeeded", progress: { total: 1 } });
  expect(items).toMatchObject([{ vm: { id: "main/102" }, state: "succeeded", upid: null }]);
  expect(writesTo(stage)).toEqual({ [PUT]: 1 });
  const tags = ["client-acme", "env-prod", "location-ams", "moxxie", "role-web"];
  expect((await stage.call(Get, { path: path(102) })).json).toEqual({ tags });
});

test("202: audit tells of the change and its outcome", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { path: path(102), body: { tags: ["location-ams"] } });
  const { operation } = await carriedOut(stage, answer);
  const rows = await auditOf(stage, { target: "main/102" });
  expect(rows.toSorted((a, b) => (a.outcome < b.outcome ? 1 : -1))).toMatchObject([
    { action: "vm.tags", outcome: "succeeded", operation: operation.id },
    { action: "vm.tags", outcome: "accepted", operation: operation.id, reason: "add location-ams" },
  ]);
});

test("202: a tag that is there already, in whatever case, is a skipped item, and nothing is written", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { path: path(102), body: { tags: ["ENV-prod"] } });
  const { operation, items } = await carriedOut(stage, answer);
  expect(operation).toMatchObject({ state: "skipped", error: null, progress: { skipped: 1 } });
  expect(items).toMatchObject([{ state: "skipped", error: { code: "tag.unchanged" } }]);
  expect(writesTo(stage)).toEqual({});
});

test.for([
  ["", "foo", ["Foo"]],
  ["case-sensitive=1", "Foo", ["Foo"]],
] as const)(
  "I7: with the tag style %j %s is told in plan, item and list as Proxmox keeps it",
  async ([style, kept, tags]) => {
    const stage = await lab({ mode: "off" });
    const datacenter: Record<string, string> = style === "" ? {} : { "tag-style": style };
    stage.simulator.state.sections["options"] = { datacenter };
    const request = { path: path(116), body: { tags } };
    const plan = Plan.parse((await stage.call(route, { ...request, query: { dryRun: "true" } })).json);
    expect(plan.items[0]).toMatchObject({ because: `add ${kept}` });
    expect(plan.items[0]?.detail["tags"]).toContain(kept);
    const { items } = await carriedOut(stage, await stage.call(route, request));
    const now = stage.simulator.state.guests[116]?.config["tags"]?.split(";");
    expect(now).toContain(kept);
    expect(items[0]?.result).toEqual({ tags: now });
  },
);

test("202: a container's tags are changed like a VM's", async () => {
  const stage = await lab({ mode: "off" });
  const answer = await stage.call(route, { path: path(203), body: { tags: ["location-ams"] } });
  const { items } = await carriedOut(stage, answer);
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(writesTo(stage)).toEqual({ "PUT /nodes/{node}/lxc/{vmid}/config": 1 });
});

test("200: a dry run says what would become of the tags, and changes nothing", async () => {
  const stage = await lab();
  const request = { path: path(102), body: { tags: ["b", "a", "role-web"] }, query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(Plan.parse(answer.json)).toMatchObject({
    kind: "vm.tags",
    items: [
      {
        willRun: true,
        because: "add b, a",
        detail: { tags: ["client-acme", "env-prod", "moxxie", "role-web", "b", "a"] },
      },
    ],
  });
});

test.for(["strict", "permissive"] as const)(
  "403: %s safe mode keeps the tags of a guest without the owner tag; Proxmox is not asked to, audit tells",
  async (mode) => {
    const stage = await lab({ mode });
    const request = { path: path(107), body: { tags: ["x"] } };
    const answer = await changingNothing(stage, () => stage.call(route, request));
    expect(answer).toMatchObject({ status: 403, json: { code: "safe-mode.refused" } });
    expect(await auditOf(stage)).toMatchObject([
      { action: "vm.tags", target: "main/107", decision: "refused" },
    ]);
  },
);

test("202: with safe-mode.manage and override a guest is taken over by its owner tag, recorded as an override", async () => {
  const stage = await lab({ mode: "strict" });
  const request = { path: path(107), body: { tags: ["moxxie"], override: true } };
  const { items } = await carriedOut(stage, await stage.call(route, request));
  expect(items).toMatchObject([{ state: "succeeded" }]);
  expect(stage.simulator.state.guests[107]?.config["tags"]).toContain("moxxie");
  const rows = await auditOf(stage, { target: "main/107", decision: "override" });
  expect(rows.map(({ outcome }) => outcome).toSorted()).toEqual(["accepted", "succeeded"]);
});

test.for(["off", "audit", "permissive", "strict"] as const)(
  "403: nobody gives the owner tag without safe-mode.manage, in safe mode %s neither, and audit tells",
  async (mode) => {
    const stage = await lab({ mode });
    const key = await stage.addKey("operator");
    for (const tag of ["moxxie", "MOXXIE"]) {
      const request = { path: path(107), body: { tags: [tag], override: true }, key };
      const answer = await changingNothing(stage, () => stage.call(route, request));
      expect(answer.status).toBe(403);
      expect(answer.json).toMatchObject({
        code: mode === "off" || mode === "audit" ? "policy.owner-tag" : "safe-mode.refused",
      });
    }
    expect(await auditOf(stage)).toMatchObject([{ decision: "refused" }, { decision: "refused" }]);
  },
);

test("403: a viewer changes no tags", async () => {
  const stage = await lab();
  const key = await stage.addKey("viewer");
  const request = { path: path(102), body: { tags: ["x"] }, key };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
});

test("404: a guest that is not there", async () => {
  const stage = await lab();
  const request = { path: path(999), body: { tags: ["x"] } };
  expect(await changingNothing(stage, () => stage.call(route, request))).toMatchObject({
    status: 404,
    json: { code: "vm.missing" },
  });
});

test.for<[unknown, string]>([
  [{}, "/tags"],
  [{ tags: "x" }, "/tags"],
  [{ tags: ["a;b"] }, "/tags/0"],
  [{ tags: ["x"], tag: "y" }, "/tag"],
])("400: %j; Proxmox is never asked", async ([body, pointer]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, { path: path(102), body }));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
  expect(stage.simulator.counters().total.requests).toBe(0);
});

test.for<[unknown, string]>([
  [{ tags: ["ok", "-x"] }, "/tags/1"],
  [{ tags: Array.from({ length: 101 }, (_, n) => `t${n}`) }, "/tags"],
])("400: %j, which the guest does not carry; nothing happens", async ([body, pointer]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, { path: path(102), body }));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
});

test("503: a cluster that does not answer changes nothing", async () => {
  const stage = await lab();
  stage.simulator.faults.add({ match: { method: "GET" }, do: "cut-before" });
  const request = { path: path(102), body: { tags: ["x"] } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 503, json: { code: "proxmox.unreachable" } });
});
