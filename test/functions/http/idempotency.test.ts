import { expect, test } from "vitest";
import * as Bulk from "../../../functions/api/bulk/snapshots.ts";
import * as CreateJob from "../../../functions/api/jobs/create.ts";
import * as Operations from "../../../functions/api/operations/list.ts";
import * as Start from "../../../functions/api/vms/start.ts";
import * as Stop from "../../../functions/api/vms/stop.ts";
import { caller } from "../../kit/caller.ts";
import { lab, type Lab } from "../../kit/lab.ts";
import { carriedOut, changingNothing, writesTo } from "../../kit/proof.ts";
import { samples, type Sample } from "../../kit/sample.ts";
import { List, Operation } from "../../kit/shape.ts";

const headers = { "idempotency-key": "order-66" };
const bulk = { body: { select: { vmids: [102] }, name: "{vm}-{time}" }, headers };
const POSTS = [
  "backups/prune",
  "backups/restore",
  "bulk/backups",
  "bulk/delete",
  "bulk/migrate",
  "bulk/power",
  "bulk/snapshots",
  "bulk/snapshots/delete",
  "bulk/snapshots/rollback",
  "bulk/tags",
  "jobs/create",
  "jobs/run",
  "operations/cancel",
  "operations/retry",
  "vms/backups/create",
  "vms/clone",
  "vms/console",
  "vms/create",
  "vms/from-template",
  "vms/migrate/post",
  "vms/move-disk",
  "vms/reboot",
  "vms/reset",
  "vms/resize-disk",
  "vms/resume",
  "vms/shutdown",
  "vms/snapshots/create",
  "vms/snapshots/rollback",
  "vms/start",
  "vms/stop",
  "vms/suspend",
  "vms/tags/add",
  "vms/template",
].map((name) => `functions/api/${name}`);

async function sampleOf(stage: Lab, file: string): Promise<Sample> {
  const found = (await samples(stage)).find((sample) => sample.file === file);
  if (!found) throw new Error(`no sample of ${file}`);
  return found;
}

const count = async (stage: Lab) => List(Operation).parse((await stage.call(Operations)).json).items.length;

test("every POST that writes is named here", async () => {
  const stage = await lab();
  const posts = (await samples(stage)).filter(
    ({ route: { spec } }) => spec.method === "POST" && spec.verb.effect === "write",
  );
  expect(posts.map(({ file }) => file).toSorted()).toEqual(POSTS);
});

/** Its answer is a secret, so a repeat does it anew; its own test says how. */
const SECRET = "functions/api/vms/console";

test.for(POSTS.filter((file) => file !== SECRET))(
  "%s: a repeat gets the same status, body and Location, and nothing happens again",
  async (file) => {
    const stage = await lab();
    const { route, request } = await sampleOf(stage, file);
    const first = await stage.call(route, { ...request, headers });
    expect(first.status).toBe(route.spec.status);
    await stage.run(1000);
    const before = [stage.schedules.list(), await count(stage), writesTo(stage)];
    const again = await stage.call(route, { ...request, headers });
    expect([again.status, again.json]).toEqual([first.status, first.json]);
    expect(again.headers).toMatchObject({
      location: first.headers["location"],
      "idempotent-replayed": "true",
    });
    await stage.run(600_000);
    const late = await stage.call(route, { ...request, headers });
    expect([late.status, late.json]).toEqual([first.status, first.json]);
    const after = [stage.schedules.list(), await count(stage)];
    expect(after).toEqual(before.slice(0, 2));
  },
);

test.for(POSTS)("422: %s with another body under the same key; nothing happens", async (file) => {
  const stage = await lab();
  const { route, request } = await sampleOf(stage, file);
  await stage.call(route, { ...request, headers });
  const before = await count(stage);
  const body = { ...Object(request.body), other: true };
  const answer = await stage.call(route, { ...request, body, headers });
  expect(answer).toMatchObject({ status: 422, json: { code: "request.key-reused", retryable: false } });
  expect(await count(stage)).toBe(before);
});

test("422: the same key for another path", async () => {
  const stage = await lab();
  const path = { cluster: "main", vmid: 102 };
  await stage.call(Stop, { path, headers });
  const answer = await stage.call(Start, { path, headers });
  expect(answer).toMatchObject({ status: 422, json: { code: "request.key-reused" } });
});

test("202: the same key of another caller is another key", async () => {
  const stage = await lab();
  const key = await stage.addKey("operator");
  const [mine, theirs] = [await stage.call(Bulk, bulk), await stage.call(Bulk, { ...bulk, key })];
  expect([mine.status, theirs.status]).toEqual([202, 202]);
  expect(Operation.parse(mine.json).id).not.toBe(Operation.parse(theirs.json).id);
});

test("409: only while the first has no answer yet; of two at once one is carried out", async () => {
  const stage = await lab();
  const answers = await Promise.all([stage.call(Bulk, bulk), stage.call(Bulk, bulk)]);
  const statuses = answers.map(({ status }) => String(status)).toSorted();
  expect(["202 202", "202 409"]).toContain(statuses.join(" "));
  expect(await count(stage)).toBe(1);
  expect((await stage.call(Bulk, bulk)).status).toBe(202);
  expect(await count(stage)).toBe(1);
});

test("409: a key whose first request is at work says so, and is taken over once that is surely dead", async () => {
  const stage = await lab();
  const stuck = new Promise<never>(() => undefined);
  const world = { ...stage.world, scheduler: { ...stage.world.scheduler, put: () => stuck } };
  const body = { name: "n", kind: "snapshot", schedule: "0 2 * * *", select: { all: true } };
  const lost = caller(world, { ...stage.clock, until: (promise) => promise }, stage.admin);
  void lost.call(CreateJob, { body, headers });
  await stage.clock.advance(1000);
  const early = await stage.call(CreateJob, { body, headers });
  expect(early).toMatchObject({ status: 409, json: { code: "request.in-progress" } });
  await stage.clock.advance(61_000);
  expect((await stage.call(CreateJob, { body, headers })).status).toBe(201);
});

test("I1: a refusal keeps no key: the same request is judged anew, and a mended one is another", async () => {
  const stage = await lab({ mode: "strict" });
  const request = { path: { cluster: "main", vmid: 105 }, headers };
  const first = await stage.call(Stop, request);
  expect(first.status).toBe(403);
  const off = { pk: "safe-mode", sk: "current", mode: "off", ownerTag: "moxxie" };
  await stage.store.write([{ table: "State", put: off }]);
  expect((await stage.call(Stop, request)).status).toBe(202);
});

test("I1: a 400 keeps no key, and the mended body is taken under it", async () => {
  const stage = await lab();
  const wrong = { body: { ...bulk.body, tll: "4h" }, headers };
  expect((await changingNothing(stage, () => stage.call(Bulk, wrong))).status).toBe(400);
  expect((await stage.call(Bulk, bulk)).status).toBe(202);
  expect(await count(stage)).toBe(1);
});

test("I1: how long a caller waits is no part of a request", async () => {
  const stage = await lab();
  const first = Operation.parse((await stage.call(Bulk, bulk)).json);
  const again = await stage.call(Bulk, { ...bulk, query: { wait: "1s" } });
  expect([again.status, Operation.parse(again.json).id]).toEqual([202, first.id]);
  expect(await count(stage)).toBe(1);
});

test("a failure that passes is not kept: the same key may try again", async () => {
  const stage = await lab();
  const fault = stage.simulator.faults.add({ match: { method: "GET" }, do: "cut-before" });
  const request = { path: { cluster: "main", vmid: 110 }, headers };
  expect((await stage.call(Start, request)).status).toBe(503);
  stage.simulator.faults.remove(fault);
  await carriedOut(stage, await stage.call(Start, request));
  expect(writesTo(stage)).toEqual({ "POST /nodes/{node}/qemu/{vmid}/status/start": 1 });
});

test("what was accepted before the queue failed is not accepted a second time by the same key", async () => {
  const stage = await lab();
  const send = async () => Promise.reject(new Error("SQS is down"));
  const world = { ...stage.world, queue: { ...stage.world.queue, send } };
  await caller(world, stage.clock, stage.admin).call(Bulk, bulk);
  expect(await count(stage)).toBe(1);
  const again = await stage.call(Bulk, bulk);
  expect(again.status).toBe(202);
  expect(await count(stage)).toBe(1);
});

test("with wait, a repeat gets the settled operation that the first got", async () => {
  const stage = await lab();
  const sleep = (milliseconds: number) => stage.run(milliseconds);
  const busy = { ...stage.world, clock: { ...stage.world.clock, sleep } };
  const patient = caller(busy, { ...stage.clock, until: (promise) => promise }, stage.admin);
  const request = { ...bulk, query: { wait: "25s" } };
  const first = await patient.call(Bulk, request);
  expect(first).toMatchObject({ status: 200, json: { state: "succeeded" } });
  const again = await patient.call(Bulk, request);
  expect([again.status, again.json]).toEqual([200, first.json]);
});

test("a key lives for a day: the day after, it is a new one", async () => {
  const stage = await lab();
  const first = await stage.call(Bulk, bulk);
  await stage.clock.advance(24 * 3_600_000 - 2000);
  expect((await stage.call(Bulk, bulk)).json).toEqual(first.json);
  await stage.clock.advance(4000);
  expect(Operation.parse((await stage.call(Bulk, bulk)).json).id).not.toBe(Operation.parse(first.json).id);
});

test.for(["x".repeat(256), "with a blank", "tab\tulator"])(
  "400: the key %j; nothing happens",
  async (key) => {
    const stage = await lab();
    const request = { ...bulk, headers: { "idempotency-key": key } };
    const answer = await changingNothing(stage, () => stage.call(Bulk, request));
    expect(answer).toMatchObject({ status: 400, json: { code: "request.invalid" } });
  },
);

test("I1: a dry run keeps no key: the real call comes after it under the same one", async () => {
  const stage = await lab();
  const plan = await stage.call(Bulk, { ...bulk, query: { dryRun: "true" } });
  expect(plan).toMatchObject({ status: 200, json: { kind: "bulk.snapshot" } });
  expect((await stage.call(Bulk, bulk)).status).toBe(202);
  expect(await count(stage)).toBe(1);
  expect(await stage.call(Bulk, { ...bulk, query: { dryRun: "true" } })).toMatchObject({ status: 200 });
});

test("a table that fails while the answer waits does not let the same key begin again", async () => {
  const stage = await lab();
  const state = { broken: false };
  const get: typeof stage.store.get = async (table, key) => {
    if (state.broken && table === "History") throw new Error("ProvisionedThroughputExceededException");
    return stage.store.get(table, key);
  };
  const sleep = async () => void (state.broken = true);
  const world = { ...stage.world, clock: { ...stage.world.clock, sleep }, store: { ...stage.store, get } };
  const unlucky = caller(world, { ...stage.clock, until: (promise) => promise }, stage.admin);
  const request = { ...bulk, query: { wait: "5s" } };
  expect((await unlucky.call(Bulk, request)).status).toBe(500);
  const again = await stage.call(Bulk, request);
  expect(again.status).toBe(202);
  expect(await count(stage)).toBe(1);
});
