import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { bundle } from "./bundle.ts";
import { synth } from "./synth.ts";

const request = {
  functionID: "Echo",
  handler: "test/infra/handlers/echo.handler",
  runtime: "nodejs24.x",
  links: {},
  properties: { architecture: "arm64", minify: true },
};

async function folder() {
  const work = await mkdtemp(path.join(tmpdir(), "moxxie-bundle-"));
  onTestFinished(() => rm(work, { recursive: true, force: true }));
  return work;
}

test("a handler becomes one minified module that exports it", async () => {
  const { out, bytes, errors } = await bundle(request, await folder(), true);
  expect(errors).toEqual([]);
  expect(bytes).toBeGreaterThan(0);
  expect(await readFile(path.join(out, "bundle.mjs"), "utf8")).not.toContain("theEventWithALongName");
  const module: unknown = await import(pathToFileURL(path.join(out, "bundle.mjs")).href);
  expect(module).toHaveProperty("handler");
});

test("a handler whose file is missing is an error that names it", async () => {
  const missing = { ...request, handler: "functions/api/nowhere/get.handler" };
  const { errors } = await bundle(missing, await folder(), true);
  expect(errors).toEqual(["Echo: no file functions/api/nowhere/get.ts"]);
});

test("a stack carries the bundle of its handler", async () => {
  const document = path.join(await folder(), "openapi.json");
  const operation = { "x-file": "test/infra/handlers/echo", "x-effect": "read", "x-needs": [] };
  await writeFile(document, JSON.stringify({ paths: { "/v1/echo": { get: operation } } }));
  const { built } = await synth({ document, real: (handler) => handler === request.handler });
  expect(built.filter(({ bytes }) => bytes > 0).map(({ handler }) => handler)).toEqual([request.handler]);
});
