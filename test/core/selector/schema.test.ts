import { expect, test } from "vitest";
import * as z from "zod";
import { Selection, Selector } from "../../../core/selector/index.ts";

const Body = z.strictObject({ select: Selection, also: Selection.optional() });

test.each([
  { all: true },
  { all: true, templates: true },
  { tags: "env-* AND NOT always-on" },
  { status: "running" },
  { vmids: [101, 102], clusters: ["main"], all: false },
  {
    names: ["web-?"],
    types: ["qemu", "lxc"],
    pools: ["acme"],
    nodes: ["pve1"],
    exclude: { status: "paused" },
  },
  [{ all: true }, { tags: "a" }],
])("%j is a selection and stays as it was given", (given) => {
  expect(Body.parse({ select: given, also: given })).toEqual({ select: given, also: given });
});

test.each([
  [{}, [], "at least one criterion"],
  [{ all: false }, [], "at least one criterion"],
  [{ templates: true }, [], "at least one criterion"],
  [{ exclude: { tags: "a" } }, [], "at least one criterion"],
  [{ all: true, exclude: {} }, ["exclude"], "at least one criterion"],
  [{ all: true, exclude: { tags: "a b" } }, ["exclude", "tags"], "column 3: "],
  [{ all: true, exclude: { tags: "" } }, ["exclude", "tags"], "empty"],
  [{ all: true, exclude: { names: [] } }, ["exclude", "names"], "at least one"],
  [{ all: true, exclude: { all: true } }, ["exclude"], "all"],
  [{ tags: "" }, ["tags"], "column 1: the expression is empty"],
  [{ tags: "env-prod AND OR" }, ["tags"], "column 14: "],
  [{ tags: 3 }, ["tags"], "string"],
  [{ vmids: [] }, ["vmids"], "at least one"],
  [{ clusters: [] }, ["clusters"], "at least one"],
  [{ pools: [""] }, ["pools", 0], ">=1"],
  [{ names: "web-*" }, ["names"], "array"],
  [{ vmids: ["101"] }, ["vmids", 0], "number"],
  [{ vmids: [99] }, ["vmids", 0], "100"],
  [{ vmids: [101.5] }, ["vmids", 0], "int"],
  [{ types: ["vm"] }, ["types", 0], "qemu"],
  [{ status: "on" }, ["status"], "running"],
  [{ tagz: "a" }, [], "tagz"],
  [{ all: "true" }, ["all"], "boolean"],
  [[], [], "holds no selector"],
  [[{ all: true }, {}], [1], "at least one criterion"],
  [[{ all: true }, { tags: "(" }], [1, "tags"], "column 2: "],
  ["all", [], "object"],
  [null, [], "object"],
  [undefined, [], "object"],
])("%j is refused at %j: %s", (given, path, message) => {
  const [issue] = issues(given);
  expect(issue?.path).toEqual(["select", ...path]);
  expect(issue?.message).toContain(message);
});

test("an unreadable expression carries its column, an empty selector its code", () => {
  expect(issues({ tags: "a && b" })).toMatchObject([{ params: { code: "selector.expression", column: 3 } }]);
  expect(issues({})).toMatchObject([{ params: { code: "selector.empty" } }]);
  expect(issues({ all: true, exclude: {} })).toMatchObject([{ params: { code: "selector.empty" } }]);
});

test("every fault is told, not only the first", () => {
  const paths = issues({ tags: "(", names: [], exclude: {} }).map((issue) => issue.path.at(-1));
  expect(new Set(paths)).toEqual(new Set(["exclude", "names", "tags"]));
});

test("J: 10 000 vmids are allowed, in one selector or over a list, and one more is refused", () => {
  const vmids = Array.from({ length: 10_000 }, (_, index) => 100 + index);
  expect(Selection.safeParse({ vmids }).success).toBe(true);
  expect(issues({ vmids: [...vmids, 99_999] })[0]?.path).toEqual(["select", "vmids"]);
  const halves = [{ vmids: vmids.slice(0, 5_000) }, { vmids: vmids.slice(5_000) }];
  expect(Selection.safeParse(halves).success).toBe(true);
  expect(issues([{ vmids }, { vmids: [99_999] }])[0]?.message).toContain("10000 vmids in all");
});

test("names and selectors are limited too", () => {
  expect(issues({ names: Array.from({ length: 201 }, () => "a") })[0]?.path).toEqual(["select", "names"]);
  expect(issues({ names: ["a".repeat(256)] })[0]?.path).toEqual(["select", "names", 0]);
  expect(issues(Array.from({ length: 21 }, () => ({ all: true })))[0]?.path).toEqual(["select"]);
});

test("the schema can be written into an API document, as input and as output", () => {
  for (const io of ["input", "output"] as const) {
    const document = z.toJSONSchema(Body, { io });
    expect(document.required).toEqual(["select"]);
    expect(document.properties?.["select"]).toMatchObject({ anyOf: [{ type: "object" }, { type: "array" }] });
  }
  expect(z.toJSONSchema(Selector)).toMatchObject({ additionalProperties: false });
});

function issues(select: unknown) {
  return Body.safeParse({ select }).error?.issues ?? [];
}
