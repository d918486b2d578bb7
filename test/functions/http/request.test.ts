import { expect, test } from "vitest";
import * as Bulk from "../../../functions/api/bulk/snapshots.ts";
import * as Health from "../../../functions/api/health.ts";
import * as Start from "../../../functions/api/vms/start.ts";
import * as Vms from "../../../functions/api/vms/list.ts";
import { caller } from "../../kit/caller.ts";
import { lab } from "../../kit/lab.ts";
import { auditOf, changingNothing } from "../../kit/proof.ts";
import { samples } from "../../kit/sample.ts";
import { Problem } from "../../kit/shape.ts";

const path = { cluster: "main", vmid: 110 };

test("a well-formed X-Request-Id is kept: in the answer, the log and the audit row", async () => {
  const stage = await lab();
  const headers = { "x-request-id": "trace-0123.abc_DEF" };
  const answer = await stage.call(Start, { path, headers });
  expect(answer.headers["x-request-id"]).toBe("trace-0123.abc_DEF");
  expect(stage.lines.some((line) => line.includes('"requestId":"trace-0123.abc_DEF"'))).toBe(true);
  expect(await auditOf(stage)).toMatchObject([{ requestId: "trace-0123.abc_DEF" }]);
});

test.for(["", "short", "a b c d e f", "x".repeat(129), 'quote"quote"', "line\u2028break"])(
  "X-Request-Id %j is replaced by one of ours",
  async (id) => {
    const stage = await lab();
    const answer = await stage.call(Health, { key: null, headers: { "x-request-id": id } });
    expect(answer.headers["x-request-id"]).toMatch(/^req_[0-9A-Z]{26}$/);
  },
);

test("each request has an id of its own, also one that is refused", async () => {
  const stage = await lab();
  const good = await stage.call(Start, { path });
  const bad = await stage.call(Start, { path, key: null });
  expect(good.headers["x-request-id"]).not.toBe(bad.headers["x-request-id"]);
  expect(Problem.parse(bad.json).requestId).toBe(bad.headers["x-request-id"]);
});

test.for<[string, unknown, string]>([
  ["no JSON", "{", "request.malformed"],
  ["JSON with something after it", "{}x", "request.malformed"],
  ["a list", "[]", "request.invalid"],
  ["a number", "5", "request.invalid"],
  ["null", "null", "request.invalid"],
  ["a text", '"x"', "request.invalid"],
  ["a prototype", '{"__proto__":{"select":{"all":true}}}', "request.invalid"],
  ["a body of 2 MB", JSON.stringify({ description: "x".repeat(2_000_000) }), "request.invalid"],
])("400: a body that is %s, on every route that writes; nothing happens", async ([, body, code]) => {
  const stage = await lab();
  for (const { route, request } of await samples(stage)) {
    if (route.spec.verb.effect === "read") continue;
    const answer = await changingNothing(stage, () => stage.call(route, { ...request, body }));
    expect(answer.status).toBe(400);
    expect(Problem.parse(answer.json).code).toBe(code);
  }
});

test("400: an unknown query parameter on every route, and an unknown field in every body, each by its pointer", async () => {
  const stage = await lab();
  for (const { route, request } of await samples(stage)) {
    const query = await changingNothing(stage, () =>
      stage.call(route, { ...request, query: { ...request.query, colour: "red" } }),
    );
    expect(query).toMatchObject({ status: 400, json: { errors: [{ pointer: "/colour" }] } });
    if (route.spec.verb.effect === "read") continue;
    const body = { ...Object(request.body), colour: "red" };
    const field = await changingNothing(stage, () => stage.call(route, { ...request, body }));
    expect(field).toMatchObject({ status: 400, json: { errors: [{ pointer: "/colour" }] } });
  }
});

test("400: a name that stands in the path, given again in body or query; nothing happens", async () => {
  const stage = await lab();
  const body = await changingNothing(stage, () => stage.call(Start, { path, body: { vmid: 102 } }));
  expect(body).toMatchObject({ status: 400, json: { errors: [{ pointer: "/vmid" }] } });
  const query = await changingNothing(stage, () => stage.call(Start, { path, query: { cluster: "other" } }));
  expect(query).toMatchObject({ status: 400, json: { errors: [{ pointer: "/cluster" }] } });
});

test("400: one name in query and body", async () => {
  const stage = await lab();
  const request = { path, query: { force: "true" }, body: { force: false } };
  const answer = await changingNothing(stage, () => stage.call(Start, request));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/force" }] } });
});

test("400: a parameter that is given twice", async () => {
  const stage = await lab();
  const answer = await stage.call(Vms, { rawQuery: "name=a&name=b" });
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/name" }] } });
});

test.for(["dryRun=yes", "dryRun=1", "dryRun=", "wait=", "wait=1h"])(
  "400: %s; nothing happens",
  async (rawQuery) => {
    const stage = await lab();
    const answer = await changingNothing(stage, () => stage.call(Start, { path, rawQuery }));
    expect(answer.status).toBe(400);
    expect(Problem.parse(answer.json).errors?.[0]?.pointer).toBe(`/${rawQuery.split("=")[0]}`);
  },
);

test("errors look as api.md says, and name the request's path", async () => {
  const stage = await lab();
  const answer = await stage.call(Bulk, { body: { select: {} }, query: { wait: "5s" } });
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  expect(Problem.parse(answer.json)).toMatchObject({
    title: "Bad Request",
    status: 400,
    instance: "/v1/bulk/snapshots?wait=5s",
    retryable: false,
    type: expect.stringMatching(/^(urn|https?):/),
  });
});

test("500: an error of ours says nothing of itself; the log has it under the request's id", async () => {
  const stage = await lab();
  const broken = async () => Promise.reject(new Error("the table moxxie-State-x1y2 does not exist"));
  const world = { ...stage.world, store: { ...stage.store, query: broken } };
  const answer = await caller(world, stage.clock, stage.admin).call(Vms);
  expect(answer.status).toBe(500);
  const problem = Problem.parse(answer.json);
  expect(problem).toMatchObject({ code: "internal.error", retryable: true });
  expect(answer.body).not.toMatch(/State|table| at /);
  const line = stage.lines.find((one) => one.includes('"event":"internal"'));
  expect(line).toContain(problem.requestId);
  expect(line).toContain("moxxie-State-x1y2");
});

test("every request leaves one log line with method, route, status and duration", async () => {
  const stage = await lab();
  await stage.call(Start, { path: { cluster: "main", vmid: 999 } });
  const lines = stage.lines
    .filter((line) => line.includes('"event":"request"'))
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { method: "POST", route: "/v1/clusters/{cluster}/vms/{vmid}/start", status: 404, ms: 0 },
  ]);
});

test("400: a cursor that is none of the list's own, on every list, is neither its start nor its end", async () => {
  const stage = await lab();
  const lists = (await samples(stage)).filter(({ file }) => /\/(list|items|runs)$/.test(file));
  expect(lists.length).toBe(12);
  const cursors = ["x", '"zzz"', "{}", "null", "5"].map((text) => Buffer.from(text).toString("base64url"));
  for (const { file, route, request } of lists) {
    for (const cursor of [...cursors, "%", "!"]) {
      const answer = await stage.call(route, { ...request, query: { cursor } });
      expect([file, cursor, answer.status]).toEqual([file, cursor, 400]);
    }
  }
});
