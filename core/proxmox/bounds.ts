import type { Kind } from "./transport.ts";

const MIB = 1024 ** 2;

/** How long an answer may be, in bytes: 10 000 guests are listed in 3 MB, and no configuration is longer than 1 MiB. */
const MOST_BYTES: Readonly<Record<Kind, number>> = {
  list: 16 * MIB,
  scan: 16 * MIB,
  read: 8 * MIB,
  write: 2 * MIB,
  agent: 2 * MIB,
  upload: 2 * MIB,
};

export const mostBytes = (kind: Kind = "read") => MOST_BYTES[kind];

/** Proxmox nests seven deep at most. A short answer is no danger however it is nested. */
const MOST_DEPTH = 32;
const SHORT = 64 * 1024;
/** Lists and objects of an answer: each takes far more memory than the two bytes of which it may be made. */
const MOST_PARTS = 250_000;

/** Where a text that began before `from` ends. */
function endOfText(body: string, from: number): number {
  for (let at = body.indexOf('"', from); at >= 0; at = body.indexOf('"', at + 1)) {
    let escapes = 0;
    while (body[at - 1 - escapes] === "\\") escapes++;
    if (escapes % 2 === 0) return at;
  }
  return body.length;
}

/**
 * Whether a body of JSON can be parsed without harm. 8 MB of nested lists take 700 MB of memory, so it is looked through
 * once, in linear time, before that.
 */
export function isParsable(body: string): boolean {
  if (body.length <= SHORT) return true;
  let [depth, parts] = [0, 0];
  for (let at = 0; at < body.length; at++) {
    const character = body[at];
    if (character === '"') at = endOfText(body, at + 1);
    else if (character === "]" || character === "}") depth--;
    else if (character === "[" || character === "{") {
      depth++;
      parts++;
      if (depth > MOST_DEPTH || parts > MOST_PARTS) return false;
    }
  }
  return true;
}
