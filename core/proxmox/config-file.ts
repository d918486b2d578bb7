import type { Texts } from "./text.ts";

const LINE = /^([a-z][a-z0-9_-]*): (.*)$/;

/** A guest's configuration as a file has it; what comes after a section is that of a snapshot, and none of the guest. */
export function readConfigFile(file: string): Texts {
  const [now = ""] = file.split(/^\[/m);
  const lines = now.split("\n").map((line) => LINE.exec(line.trimEnd()));
  return Object.fromEntries(lines.flatMap((line) => (line ? [[line[1] ?? "", line[2] ?? ""]] : [])));
}
