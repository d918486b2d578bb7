import { expect, test } from "vitest";
import { faultsIn, fieldCodesIn, listedIn, literalsIn, unnamedFaultsIn, type Listed } from "./errors.ts";
import { readText, sourcesIn } from "./sources.ts";

const gateway = sourcesIn("local").filter(({ file }) => file === "local/dev/gateway.ts");
const sources = [...sourcesIn("core", "functions"), ...gateway];
const listed = listedIn(readText("docs/errors.md"));
const faults = sources.flatMap(faultsIn);
const fields = sources.flatMap(fieldCodesIn);

// Codes of fields, verdicts and items become those of an answer: 400 for one wrong field, 403 for a refusal, 409 for
// a guest that is as wanted already; 500 is written without a fault, and the others are the gateway's own.
const PASSED_ON = [400, 403, 404, 409, 413, 500, 503];

const key = ({ code, status }: Listed) => `${status ?? "–"} ${code}`;
const unique = (names: readonly string[]) => [...new Set(names)].toSorted();

test("docs/errors.md lists every code that a caller is answered with, with its status", () => {
  expect(faults.length).toBeGreaterThan(20);
  const known = new Set(listed.map(key));
  expect(unique(faults.map(key)).filter((fault) => !known.has(fault))).toEqual([]);
});

test("docs/errors.md lists every code that an item or a plan can carry", () => {
  const known = new Set(listed.map(({ code }) => code));
  expect(unique(fields).filter((code) => !known.has(code))).toEqual([]);
});

test("docs/errors.md lists no code that the source does not have", () => {
  const known = new Set(sources.flatMap(literalsIn));
  expect(unique(listed.map(({ code }) => code)).filter((code) => !known.has(code))).toEqual([]);
});

test("docs/errors.md lists no status that a code never comes with", () => {
  const passedOn = fields.flatMap((code) => PASSED_ON.map((status) => ({ code, status })));
  const answered = new Set([...faults, ...passedOn].map(key));
  const wrong = listed.filter((row) => row.status !== undefined && !answered.has(key(row)));
  expect(wrong).toEqual([]);
});

test("docs/errors.md lists no code twice with the same status", () => {
  expect(listed.map(key).toSorted()).toEqual(unique(listed.map(key)));
});

test("a fault has a code of its own, but for those that pass on a verdict's, a field's or an item's", () => {
  const unnamed = sources.flatMap((source) =>
    unnamedFaultsIn(source).map((text) => `${source.file}: ${text}`),
  );
  expect(unnamed).toEqual([
    "core/audit/around.ts: verdict.code",
    "core/lib/issues.ts: code",
    "core/verb.ts: only.code",
  ]);
});

test("a code that is planted is found", () => {
  const text = `throw new Fault(\n  "missing",\n  lost ? "vm.lost" : "vm.gone",\n  "x");\nreturn { code: "vm.odd" };`;
  const source = { file: "core/vm/x.ts", text };
  expect(faultsIn(source).map(key)).toEqual(["404 vm.lost", "404 vm.gone"]);
  expect(fieldCodesIn(source)).toEqual(["vm.odd"]);
});
