import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the checkout stands. */
export const ROOT = join(import.meta.dirname, "../..");

// Patterns are put together from parts: knip takes a literal one for a list of entry points.
const TYPESCRIPT = ["**", "*.ts"];

/** A TypeScript file; `file` is relative to the root, with forward slashes. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** The files of one folder, its subfolders included, in alphabetical order. Paths are relative to the root. */
export const filesIn = (folder: string): string[] =>
  globSync([folder, ...TYPESCRIPT].join("/"), { cwd: ROOT })
    .map((file) => file.replaceAll("\\", "/"))
    .toSorted();

export const readText = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** The sources of some folders. */
export const sourcesIn = (...folders: readonly string[]): Source[] =>
  folders.flatMap(filesIn).map((file) => ({ file, text: readText(file) }));
