import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/bulk/snapshots.ts";
import { caller } from "../../../kit/caller.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../kit/proof.ts";
import { Plan, Problem } from "../../../kit/shape.ts";

const route = { spec };
const prod = { tags: "env-prod" };
const POST = "POST /nodes/{node}/qemu/{vmid}/snapshot";

test("202: each guest chosen, always-on ones too, gets a snapshot that carries words, expiry and its item", async () => {
  const stage = await lab();
  const body = { select: prod, name: "{vm}-{datetime}", ttl: "4h", description: "before the change" };
  const answer = await stage.call(route, { body });
  const { operation, items } = await carriedOut(stage, answer);
  expect(answer.headers["location"]).toBe(`/v1/operations/${operation.id}`);
  expect(operation).toMatchObject({ kind: "bulk.snapshot", state: "succeeded", input: body });
  expect(operation.progress).toMatchObject({ total: 9, succeeded: 9, failed: 0, queued: 0, running: 0 });
  expect(items.every((item) => item.upid?.startsWith(`UPID:${item.vm.node}:`))).toBe(true);
  expect(items.map((item) => item.vm.id)).toContain("main/101");
  const taken = stage.simulator.state.guests["101"]?.snapshots["web-1-20261123T120000Z"];
  expect(taken?.description?.trimEnd()).toMatch(
    /^before the change\nmoxxie=op_\w{26}\/\d+ expires=2026-11-23T16:00:00\.000Z$/,
  );
});

test("202: audit tells of the acceptance and of each guest's outcome, by whom and from where", async () => {
  const stage = await lab();
  const body = { select: { vmids: [101, 102] } };
  const { operation } = await carriedOut(stage, await stage.call(route, { body }));
  const rows = await auditOf(stage, { operation: operation.id });
  expect(rows.map((row) => `${row.target} ${row.outcome}`).toSorted()).toEqual([
    "2 guests by selector accepted",
    "main/101 succeeded",
    "main/102 succeeded",
  ]);
  expect(new Set(rows.map((row) => row.action))).toEqual(new Set(["snapshot.create"]));
  expect(new Set(rows.map((row) => row.source))).toEqual(new Set(["192.0.2.7"]));
  expect(rows.every((row) => row.actor.startsWith("key/") && row.decision === "allowed")).toBe(true);
  expect(rows.filter((row) => row.outcome === "succeeded").every((row) => row.upid !== null)).toBe(true);
});

test("200: a dry run gives a reason for every guest left out, and changes nothing", async () => {
  const stage = await lab();
  const body = { select: prod, ttl: "4h" };
  const answer = await changingNothing(stage, () => stage.call(route, { body, query: { dryRun: "true" } }));
  expect(answer.status).toBe(200);
  const plan = Plan.parse(answer.json);
  expect(plan.summary).toEqual({ run: 9, skip: 15 });
  expect(new Set(plan.items.map((item) => item.vm?.id)).size).toBe(24);
  const run = plan.items.find((item) => item.vm?.id === "main/102");
  expect(run).toMatchObject({
    willRun: true,
    detail: { name: "web-2-20261123T120000Z", expiresAt: "2026-11-23T16:00:00.000Z" },
  });
  expect(plan.items.find((item) => item.vm?.id === "main/109")).toMatchObject({
    willRun: false,
    code: "selector.left-out",
    because: expect.stringContaining("env-prod"),
  });
  expect(await auditOf(stage)).toEqual([]);
});

test("202: a template is left out even of everything, and a dry run says so", async () => {
  const stage = await lab();
  const body = { select: { all: true } };
  const plan = Plan.parse((await stage.call(route, { body, query: { dryRun: "true" } })).json);
  expect(plan.items.find((item) => item.vm?.id === "main/9000")).toMatchObject({
    willRun: false,
    because: expect.stringContaining("template"),
  });
  const { items } = await carriedOut(stage, await stage.call(route, { body }));
  expect(items.map((item) => item.vm.id)).not.toContain("main/9000");
});

test("202: a template that is asked for is skipped, since Proxmox takes no snapshot of one", async () => {
  const stage = await lab({ mode: "off" });
  const body = { select: { vmids: [9000], templates: true } };
  const { items } = await carriedOut(stage, await stage.call(route, { body }));
  expect(items).toMatchObject([{ state: "skipped", error: { code: "vm.template" } }]);
  expect(writesTo(stage)).toEqual({});
});

test("202: in strict safe mode a guest without the owner tag is skipped with its code, untouched and audited", async () => {
  const stage = await lab({ mode: "strict" });
  const { operation, items } = await carriedOut(stage, await stage.call(route, { body: { select: prod } }));
  expect(operation).toMatchObject({ state: "succeeded", progress: { total: 9, succeeded: 4, skipped: 5 } });
  const skipped = items.filter((item) => item.state === "skipped");
  expect(skipped.map((item) => item.error?.code)).toEqual(Array(5).fill("safe-mode.refused"));
  expect(skipped.every((item) => item.reason?.includes("does not carry the owner tag"))).toBe(true);
  expect(writesTo(stage)).toEqual({ [POST]: 4 });
  const refused = await auditOf(stage, { decision: "refused" });
  expect(refused.map((row) => row.target).toSorted()).toEqual(skipped.map((item) => item.vm.id).toSorted());
  expect(new Set(refused.map((row) => row.operation))).toEqual(new Set([operation.id]));
});

test("202: in safe mode audit nothing is refused, and each row says what would have been", async () => {
  const stage = await lab({ mode: "audit" });
  const { operation } = await carriedOut(stage, await stage.call(route, { body: { select: prod } }));
  expect(operation).toMatchObject({ state: "succeeded", progress: { succeeded: 9 } });
  const rows = await auditOf(stage, { operation: operation.id, outcome: "succeeded" });
  const marked = rows.filter((row) => row.wouldRefuse).map((row) => row.target);
  expect(marked.toSorted()).toEqual(["main/105", "main/106", "main/107", "main/108", "main/201"]);
});

test("202: a selector that fits no guest ends at once and says why", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { body: { select: { tags: "no-such-tag" } } });
  expect(answer).toMatchObject({ status: 202, json: { state: "succeeded", progress: { total: 0 } } });
  expect(answer.json).toMatchObject({ reason: "the selector fits no guest" });
  expect(writesTo(stage)).toEqual({});
});

test("200: wait holds the answer until the operation has ended", async () => {
  const stage = await lab();
  const sleep = (milliseconds: number) => stage.run(milliseconds);
  const busy = { ...stage.world, clock: { ...stage.world.clock, sleep } };
  const patient = caller(busy, { ...stage.clock, until: (promise) => promise }, stage.admin);
  const answer = await patient.call(route, { body: { select: prod }, query: { wait: "25s" } });
  expect(answer).toMatchObject({ status: 200, json: { state: "succeeded", progress: { succeeded: 9 } } });
});

test("202: wait gives up in time and shows how far the operation is", async () => {
  const stage = await lab();
  const started = stage.clock.now().getTime();
  const answer = await stage.call(route, { body: { select: prod }, query: { wait: "20s" } });
  expect(answer).toMatchObject({ status: 202, json: { finishedAt: null } });
  expect(stage.clock.now().getTime() - started).toBe(20_000);
});

const REFUSED: readonly [string, unknown, string, string][] = [
  ["a misspelt ttl, which would have kept it for ever", { select: prod, tll: "4h" }, "/tll", "known"],
  ["no selector", { ttl: "4h" }, "/select", ""],
  ["an empty selector", { select: {} }, "/select", "criterion"],
  ["an empty list of selectors", { select: [] }, "/select", ""],
  ["a misspelt criterion", { select: { tag: "env-prod" } }, "/select/tag", "known"],
  ["an unreadable tag expression", { select: { tags: "env-prod AND" } }, "/select/tags", "column 13"],
  [
    "an unreadable exclude",
    { select: { all: true, exclude: { tags: "(" } } },
    "/select/exclude/tags",
    "column",
  ],
  ["an empty exclude", { select: { all: true, exclude: {} } }, "/select/exclude", ""],
  ["all: false alone", { select: { all: false } }, "/select", ""],
  ["a ttl without a unit", { select: prod, ttl: "4" }, "/ttl", "4h"],
  ["a ttl that is a number", { select: prod, ttl: 4 }, "/ttl", ""],
  ["a ttl of nothing", { select: prod, ttl: "0s" }, "/ttl", "60 s"],
  ["an unknown token", { select: prod, name: "{host}" }, "/name", "{host}"],
  ["a name that begins with a digit", { select: prod, name: "1-{vm}" }, "/name", "letter"],
  ["a name with a blank", { select: prod, name: "a b" }, "/name", "letter"],
  ["no concurrency at all", { select: prod, maxConcurrency: 0 }, "/maxConcurrency", ""],
  ["a share above all", { select: prod, maxConcurrency: "101%" }, "/maxConcurrency", ""],
  ["a negative maxErrors", { select: prod, maxErrors: -1 }, "/maxErrors", ""],
  ["a control character in the description", { select: prod, description: "a\u0000b" }, "/description", ""],
];

test.for(REFUSED)("400: %s names its field; nothing happens", async ([, body, pointer, detail]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, { body }));
  expect(answer.status).toBe(400);
  const problem = Problem.parse(answer.json);
  expect(["request.invalid", "selector.empty", "selector.expression"]).toContain(problem.code);
  const found = problem.errors?.find((error) => error.pointer === pointer);
  expect(found).toBeDefined();
  expect(found?.detail).toContain(detail);
});

test("202: a name that does not fit is shortened with a hash before anything starts", async () => {
  const stage = await lab();
  const name = `a-rather-long-prefix-{vm}-{datetime}`;
  const plan = Plan.parse(
    (await stage.call(route, { body: { select: prod, name }, query: { dryRun: "true" } })).json,
  );
  const skipped = plan.items.filter((item) => item.code === "snapshot.name");
  const named = plan.items.filter((item) => item.willRun).map((item) => String(item.detail["name"]));
  expect(skipped.length + named.length).toBe(9);
  expect(named.every((text) => text.length <= 40)).toBe(true);
});

test("B2: two calls in one second take two names where the name has tokens, the default one too", async () => {
  for (const more of [{}, { name: "{vm}" }]) {
    const stage = await lab();
    const body = { select: { vmids: [101] }, ...more };
    const answers = [await stage.call(route, { body }), await stage.call(route, { body })];
    for (const answer of answers) {
      const { items } = await carriedOut(stage, answer);
      expect(items).toMatchObject([{ state: "succeeded" }]);
    }
    const [first = "", second = "", ...others] = Object.keys(
      stage.simulator.state.guests["101"]?.snapshots ?? {},
    );
    expect(others).toEqual([]);
    expect(second).toBe(`${first}-2`);
  }
});

test("B2: a name that a call writes out is not made another one", async () => {
  const stage = await lab();
  const body = { select: { vmids: [101] }, name: "mine" };
  await carriedOut(stage, await stage.call(route, { body }));
  const { items } = await carriedOut(stage, await stage.call(route, { body }));
  expect(items).toMatchObject([{ state: "failed" }]);
  expect(Object.keys(stage.simulator.state.guests["101"]?.snapshots ?? {})).toEqual(["mine"]);
});
