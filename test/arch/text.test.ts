import { expect, test } from "vitest";
import * as z from "zod";
import { VERSION } from "../../core/version.ts";
import { readText, sourcesIn } from "./sources.ts";

const sources = sourcesIn("core", "functions", "infra", "cli", "local", "bench", "test");
const filesWith = (pattern: RegExp) =>
  sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);

test("zod is imported as a whole: by name it weighs five times as much in a bundle", () => {
  expect(
    filesWith(/^import (?!\* as z from "zod"|type \* as z from "zod")[^;"]*from "zod(\/[^"]*)?"/m),
  ).toEqual([]);
});

test("a certificate goes unchecked only where a pin replaces the check, and against the simulator", () => {
  const unchecked = filesWith(/rejectUnauthorized:\s+(?!true\b)/);
  const elsewhere = unchecked.filter((file) => !file.startsWith("test/local/"));
  expect(elsewhere).toEqual(["core/proxmox/tls.ts"]);
});

test("no file turns certificates off for its whole process", () => {
  expect(filesWith(new RegExp(["NODE", "TLS", "REJECT"].join("_")))).toEqual([]);
});

const OWN_LIMIT =
  /^\}, (?:[1-9][\d_]*|[A-Z_]+_MS)\);$|^(?:test|before|after).*(?:, [A-Z_]+_MS\)|\{ timeout: )/m;

test("I11: no test has a time limit of its own: a slow machine takes as long as it takes", () => {
  expect(filesWith(OWN_LIMIT)).toEqual([]);
  for (const planted of [
    "}, 60_000);",
    "beforeAll(start, START_MS);",
    `test("x", { timeout: 5 }, () => {});`,
  ])
    expect(planted).toMatch(OWN_LIMIT);
});

test("the version in the code is that of the package", () => {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readText("package.json")));
  expect(VERSION).toBe(version);
});
