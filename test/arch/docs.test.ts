import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { readText, ROOT } from "./sources.ts";

const documents = [
  ...globSync(["docs", "**", "*.md"].join("/"), { cwd: ROOT }),
  ...globSync(["README", "md"].join("."), { cwd: ROOT }),
].map((file) => file.replaceAll("\\", "/"));

const FENCE = /^```[\s\S]*?^```/gm;
const LINK = /\]\((?![a-z]+:|#)([^)#\s]+)(?:#[^)\s]*)?\)/g;
const FOLDERS = "core|functions|infra|local|cli|docs|bench|test";
/** A path of the repository in backticks; one with a wildcard, a list or a placeholder names several files. */
const PATH = new RegExp(`\`((?:${FOLDERS})/[\\w./-]+)\``, "g");

interface Reference {
  readonly from: string;
  readonly path: string;
}

/** Links are relative to their document, paths in backticks to the root. */
function references(from: string, text: string): Reference[] {
  const prose = text.replaceAll(FENCE, "");
  const links = [...prose.matchAll(LINK)].map(([, to = ""]) => join(dirname(from), to));
  const paths = [...prose.matchAll(PATH)].map(([, path = ""]) => path);
  return [...links, ...paths].map((path) => ({ from, path }));
}

const broken = (some: readonly Reference[]) => some.filter(({ path }) => !existsSync(join(ROOT, path)));

test("every relative link and path in the documents leads to a file", () => {
  expect(documents.length).toBeGreaterThan(0);
  expect(broken(documents.flatMap((file) => references(file, readText(file))))).toEqual([]);
});

test("a link and a path that lead nowhere are found", () => {
  const text =
    "See [errors](errors.md), [gone](./gone.md#part), [out](https://example.org/x) and `core/gone.ts`.";
  const found = references("docs/index.md", text);
  expect(found.map(({ path }) => path)).toEqual(["docs/errors.md", "docs/gone.md", "core/gone.ts"]);
  expect(broken(found).map(({ path }) => path)).toEqual(["docs/gone.md", "core/gone.ts"]);
});
