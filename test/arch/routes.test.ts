import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { generated, routes } from "../../local/generate.ts";
import { formsOf, toSchema } from "../../functions/http/schema.ts";
import { filesIn, readText, ROOT } from "./sources.ts";

const MOST_ROUTES = 280;
const found = await routes();
const Shape = z.looseObject({ properties: z.record(z.string(), z.unknown()).default({}) });
const Operations = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
});

const twice = (names: readonly string[]) => names.filter((name, at) => names.indexOf(name) !== at);

test("every file under functions/api is a route with a spec and a handler", async () => {
  const files = filesIn("functions/api");
  expect(found.map(({ file }) => `${file}.ts`).toSorted()).toEqual(files);
  for (const { file } of found) {
    const module: unknown = await import(join(ROOT, `${file}.ts`));
    expect([file, module]).toEqual([file, expect.objectContaining({ handler: expect.any(Function) })]);
  }
});

test("openapi.json is what the route files say", async () => {
  expect(readText("openapi.json") === (await generated())).toBe(true);
});

test("no method and path is served by two files", () => {
  expect(twice(found.map(({ spec }) => `${spec.method} ${spec.path.replaceAll(/\{\w+\}/g, "{}")}`))).toEqual(
    [],
  );
});

test("there is room below the 300 routes that an HTTP API takes", () => {
  expect(found.length).toBeGreaterThan(0);
  expect(found.length).toBeLessThan(MOST_ROUTES);
});

test("an operation in the document is named by the action of its verb, or by a name of its own; no name stands twice", () => {
  const { paths } = Operations.parse(JSON.parse(readText("openapi.json")));
  const named = found.map(({ spec }) => paths[spec.path]?.[spec.method.toLowerCase()]?.operationId);
  expect(named).toEqual(found.map(({ spec }) => spec.name ?? spec.verb.action));
  expect(twice(named.map(String))).toEqual([]);
  for (const { spec } of found) expect(spec.verb.action).toMatch(/^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)+$/);
});

test("a parameter of the path is a field of the verb's input, in each of its forms", () => {
  const loose = found.flatMap(({ file, spec }) => {
    const forms = formsOf(toSchema(spec.verb.input, "input")).map((form) => Shape.parse(form).properties);
    const missing = (name: string) => forms.some((properties) => !(name in properties));
    return spec.parameters.filter(missing).map((name) => `${file}: {${name}}`);
  });
  expect(loose).toEqual([]);
});

test("no route names a need twice", () => {
  expect(found.filter(({ spec }) => twice((spec.needs ?? []).map(({ name }) => name)).length > 0)).toEqual(
    [],
  );
});

/** What a field is called that nobody may find in a table. */
const SECRET = /(?:ticket|password|secret|token)$/i;

test("a write whose answer holds a secret says so, and is kept for no repeat", () => {
  const holding = found.filter(({ spec }) =>
    formsOf(toSchema(spec.verb.output, "output")).some((form) =>
      Object.keys(Shape.parse(form).properties).some((name) => SECRET.test(name)),
    ),
  );
  expect(holding.map(({ file }) => file)).toContain("functions/api/vms/console");
  expect(holding.filter(({ spec }) => !spec.verb.secret)).toEqual([]);
});
