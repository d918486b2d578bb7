import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

/** The program of an embedded DynamoDB: the npm package for Linux on x64, or one on PATH. */
export function findDynoxide(path = process.env["PATH"] ?? ""): string | undefined {
  return (
    packaged() ??
    path
      .split(delimiter)
      .map((folder) => join(folder, "dynoxide"))
      .find(isProgram)
  );
}

function packaged(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve("@dynoxide/linux-x64/dynoxide");
  } catch {
    return undefined;
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
