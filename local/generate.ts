import { glob, readFile, writeFile } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import * as z from "zod";
import { VERSION } from "../core/version.ts";
import { toDocument } from "../functions/http/document.ts";
import type { Filed } from "../functions/http/document-operation.ts";
import type { Spec } from "../functions/http/route.ts";

const root = join(import.meta.dirname, "..");
const target = join(root, "openapi.json");

const isSpec = (value: unknown): value is Spec =>
  typeof value === "object" && value !== null && "verb" in value && "path" in value && "parameters" in value;

const Module = z.looseObject({ spec: z.custom<Spec>(isSpec) });

/** All routes, by the files in which they stand. */
export async function routes(): Promise<Filed[]> {
  const found: Filed[] = [];
  for await (const entry of glob("functions/api/**/*.ts", { cwd: root })) {
    const path = isAbsolute(entry) ? entry : join(root, entry);
    const { spec } = Module.parse(await import(path));
    found.push({ file: relative(root, path).replace(/\.ts$/, ""), spec });
  }
  return found;
}

/** The text of openapi.json as the route files would have it. */
export async function generated(): Promise<string> {
  return `${JSON.stringify(toDocument(await routes(), VERSION), null, 1)}\n`;
}

async function main() {
  const text = await generated();
  if (!process.argv.includes("--check")) return writeFile(target, text);
  if (text === (await readFile(target, "utf8"))) return;
  console.error("openapi.json is not what the route files say; run npm run generate");
  process.exitCode = 1;
}

if (import.meta.main) await main();
