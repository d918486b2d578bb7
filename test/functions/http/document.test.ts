import * as fc from "fast-check";
import * as z from "zod";
import { expect, test } from "vitest";
import { DURATION, parseDuration } from "../../../core/lib/duration.ts";
import { spec as docs } from "../../../functions/api/docs.ts";
import { spec as putCategories } from "../../../functions/api/tags/categories/put.ts";
import { spec as putSafeMode } from "../../../functions/api/safe-mode/put.ts";
import { PlanPage } from "../../../core/plan.ts";
import document from "../../../openapi.json" with { type: "json" };
import { lab } from "../../kit/lab.ts";

const Schema = z.looseObject({ description: z.string().optional(), pattern: z.string().optional() });
const Parameter = z.looseObject({ name: z.string(), description: z.string().optional(), schema: Schema });
const Body = z.object({ content: z.record(z.string(), z.object({ schema: z.looseObject({}) })) });
const Operation = z.looseObject({
  operationId: z.string(),
  description: z.string().optional(),
  parameters: z.array(Parameter),
  requestBody: Body.optional(),
  responses: z.record(z.string(), z.looseObject({})),
});
const { paths } = z.object({ paths: z.record(z.string(), z.record(z.string(), Operation)) }).parse(document);
const operations = Object.values(paths).flatMap((path) => Object.values(path));

test("I16: every operation says in words what it does and which problems it answers with", () => {
  const wrong = operations.filter(({ description = "", responses }) => {
    return description === "" || responses["4XX"]?.["$ref"] !== "#/components/responses/Refused";
  });
  expect(wrong.map(({ operationId }) => operationId)).toEqual([]);
});

test("I4: every parameter says in words what it may be, in the document and on its page", async () => {
  const silent = operations.flatMap(({ operationId, parameters }) =>
    parameters
      .filter(({ description = "" }) => description === "")
      .map(({ name }) => `${operationId} ${name}`),
  );
  expect(silent).toEqual([]);
  const { body } = await (await lab()).call({ spec: docs }, { key: null });
  expect(body).toContain("How long to wait for the end of the operation, such as 20s");
  expect(body).toContain("A duration such as 90s, 15m, 4h, 7d or PT4H, from 60 s to 315360000 s");
  expect(body).toContain("How many of the latest, and of the latest hours, days, weeks, months and years");
});

test("I16: no pattern is in a dialect that generators of clients do not read", () => {
  const patterns = Array.from(
    JSON.stringify(document).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g),
    ([, text = ""]) => z.string().parse(JSON.parse(text)),
  );
  expect(patterns.length).toBeGreaterThan(20);
  for (const pattern of patterns) expect(pattern).not.toMatch(/\\[pP]\{|\(\?[<=!]/);
});

test("I16: what is a duration, a cursor, a selector or the params of a job is typed", () => {
  const schemas = operations.flatMap(({ operationId, parameters, requestBody }) => {
    const properties = z
      .looseObject({ properties: z.record(z.string(), Schema).default({}) })
      .parse(requestBody?.content["application/json"]?.schema ?? {}).properties;
    const fields = Object.entries(properties).map(([name, schema]) => ({ name, schema }));
    return [...parameters, ...fields].map(({ name, schema }) => ({ operationId, name, schema }));
  });
  const durations = new Set(["wait", "ttl", "lockWait", "deadline", "maxAge", "timeout", "readyWithin"]);
  const isTyped = ({ name, schema }: (typeof schemas)[number]) => {
    if (name === "cursor")
      return schema.pattern === "^[\\w-]+$" || schema["$ref"] === "#/components/schemas/Cursor";
    if (name === "select") return schema["$ref"] === "#/components/schemas/Selection";
    if (name === "params") return Array.isArray(schema["anyOf"]);
    return (
      !durations.has(name) ||
      schema["type"] !== "string" ||
      name === "wait" ||
      schema.pattern === DURATION.source
    );
  };
  const bare = schemas.filter((one) => !isTyped(one));
  expect(bare.map(({ operationId, name }) => `${operationId} ${name}`)).toEqual([]);
});

test("I16: what fits the pattern of a duration is one, and every duration fits it", () => {
  fc.assert(
    fc.property(fc.stringMatching(DURATION), (text) => {
      expect(parseDuration(text)).toEqual(expect.any(Number));
    }),
  );
  const parts = fc.array(fc.constantFrom("P", "T", "1", "30", "W", "D", "H", "M", "S", "s", "h"), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(parts, (signs) => {
      const text = signs.join("");
      expect(DURATION.test(text)).toBe(parseDuration(text) !== undefined);
    }),
  );
});

test.for([
  ["safe mode", putSafeMode, { mode: "audit" }],
  ["the categories of tags", putCategories, { categories: ["client"] }],
] as const)("I16: the dry run of %s is a plan, as the document says", async ([, spec, body]) => {
  const stage = await lab();
  const { status, json } = await stage.call({ spec }, { body, query: { dryRun: "true" } });
  expect([status, PlanPage.strict().safeParse(json).success]).toEqual([200, true]);
  const [responses] = Object.values(paths[spec.path] ?? {}).flatMap(({ operationId, responses: all }) =>
    operationId === (spec.name ?? spec.verb.action) ? [all] : [],
  );
  expect(JSON.stringify(responses?.["200"])).toContain("#/components/schemas/Plan");
});
