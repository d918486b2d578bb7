import type { Viewer } from "../proxmox/index.ts";

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
/** Controls, and what other readers take for the end of a line; no value of ours has a use for them. */
const UNWRITABLE = /[\p{Cc}\u2028\u2029]/gu;

/** A value as GKeyFile reads it back: in one line, and with the blank that it may begin with. */
const escaped = (value: string) =>
  value
    .toWellFormed()
    .replace(/[\\\n\r\t]/g, (character) => ESCAPES[character] ?? "")
    .replace(UNWRITABLE, " ")
    .replace(/^ /, "\\s");

const written = (value: string | number | boolean) =>
  escaped(String(value === true ? 1 : value === false ? 0 : value));

/** The text of a `.vv` file for remote-viewer. Whatever a value holds, it stays the value of its own key. */
export function viewerFile(viewer: Viewer): string {
  const lines = Object.entries(viewer).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${written(value)}`],
  );
  return ["[virt-viewer]", ...lines, ""].join("\n");
}
