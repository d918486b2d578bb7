import * as fc from "fast-check";
import { expect, test } from "vitest";
import { depthOf } from "../../../functions/http/depth.ts";
import * as Bulk from "../../../functions/api/bulk/snapshots.ts";
import * as Jobs from "../../../functions/api/jobs/create.ts";
import { lab } from "../../kit/lab.ts";
import { changingNothing } from "../../kit/proof.ts";
import { Problem } from "../../kit/shape.ts";

const job = { name: "large", kind: "snapshot", schedule: "0 3 * * *", params: { name: "n-{datetime}" } };

test.each([
  ["lists", `${"[".repeat(5000)}${"]".repeat(5000)}`],
  ["objects", `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`],
  ["brackets behind a text with a quote", `["\\"",${"[".repeat(5000)}${"]".repeat(5000)}]`],
])("B4: 400: a body nested 5 000 deep (%s), before it is parsed; nothing is begun", async (_, deep) => {
  const stage = await lab();
  for (const route of [Bulk, Jobs]) {
    const answer = await changingNothing(stage, () => stage.call(route, { body: `{"select":${deep}}` }));
    expect(answer).toMatchObject({ status: 400, json: { code: "request.invalid", retryable: false } });
  }
});

test("B4: the depth of a text is that of its value, whatever stands in its strings", () => {
  const levels = (value: unknown): number =>
    typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(levels)) : 0;
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(depthOf(JSON.stringify(value))).toBe(levels(value));
    }),
  );
});

test("B4: 400: of 30 000 unknown fields twenty are told, with the count of all, in an answer that stays small", async () => {
  const stage = await lab();
  const unknown = Object.fromEntries(Array.from({ length: 30_000 }, (_, n) => [`unknown-${n}`, n]));
  const answer = await changingNothing(stage, () =>
    stage.call(Bulk, { body: { select: { all: true }, name: "n-{datetime}", ...unknown } }),
  );
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toHaveLength(20);
  expect(answer.json).toMatchObject({ detail: expect.stringContaining("of 30000 mistakes 20 are told") });
  expect(answer.body.length).toBeLessThan(10_000);
});

test("B4: 400: the name of an unknown field that is as long as a body is cut", async () => {
  const stage = await lab();
  const answer = await stage.call(Bulk, { body: { select: { all: true }, ["x".repeat(900_000)]: 1 } });
  expect(answer.status).toBe(400);
  expect(answer.body.length).toBeLessThan(10_000);
});

test("B4: 400: a job whose selector does not fit into a row names the field; the largest that fits is made and listed", async () => {
  const stage = await lab();
  const select = (count: number) => ({
    names: Array.from({ length: count }, (_, n) => `web-${String(n).padStart(90, "0")}`),
  });
  const large = { ...job, select: Array.from({ length: 18 }, () => select(200)) };
  const answer = await changingNothing(stage, () => stage.call(Jobs, { body: large }));
  expect(answer.status).toBe(400);
  expect(Problem.parse(answer.json).errors).toMatchObject([{ pointer: "/select", code: "too_big" }]);
  const fits = { ...job, select: Array.from({ length: 14 }, () => select(200)) };
  expect((await stage.call(Jobs, { body: fits, headers: { "idempotency-key": "large" } })).status).toBe(201);
});

test("B4: 400: a body of more than a million bytes, of whatever characters", async () => {
  const stage = await lab();
  const body = JSON.stringify({ select: { all: true }, name: "€".repeat(334_000) });
  expect(body.length).toBeLessThan(1_000_000);
  expect(await stage.call(Bulk, { body })).toMatchObject({ status: 400, json: { code: "request.invalid" } });
});
