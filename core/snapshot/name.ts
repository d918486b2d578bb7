import * as z from "zod";
import { sha256 } from "../lib/canonical.ts";
import { localStamp } from "./local-stamp.ts";

/** Proxmox's own limit on the length of a snapshot's name. */
const MOST = 40;
const FORM = /^[A-Za-z][A-Za-z0-9_-]{1,39}$/;
const RESERVED = new Set(["current", "pending", "vzdump"]);
const TOKENS = ["vm", "vmid", "node", "cluster", "date", "time", "datetime"] as const;
const HASH = 6;

/** What the tokens of a name stand for. */
interface Subject {
  readonly name: string | null;
  readonly vmid: number;
  readonly node: string;
  readonly cluster: string;
}

/** Why Proxmox would not take a name, or undefined. */
function problemOf(name: string): string | undefined {
  if (name.length > MOST) return `has ${name.length} characters; Proxmox allows ${MOST}`;
  if (!FORM.test(name))
    return "is none that Proxmox takes: a letter first, then letters, digits, _ and -, two characters at least";
  return RESERVED.has(name.toLowerCase()) ? "is reserved by Proxmox" : undefined;
}

/** The name of a snapshot that may be there. A newline at its end, which Proxmox lets through, is none. */
export const SnapshotName = z
  .string()
  .regex(FORM, "must be the name of a snapshot")
  .refine((name) => name !== "current" && name !== "pending", "is what Proxmox calls the guest itself");

/** Whether a name has tokens to fill in; one without is meant literally. */
export const isPattern = (name: string) => name.includes("{");

/** Why a text is no pattern for names, or undefined. Tokens are replaced by what they begin with, a letter or a digit, to see whether it can fit. */
export function badPattern(pattern: string): string | undefined {
  const unknown = [...pattern.matchAll(/\{([^{}]*)\}/g)]
    .map(([, token = ""]) => token)
    .find((token) => !TOKENS.some((known) => known === token));
  if (unknown !== undefined)
    return `has the unknown token {${unknown}}; known are ${TOKENS.map((token) => `{${token}}`).join(" ")}`;
  const bare = pattern.replace(/\{(?:vmid|date|time|datetime)\}/g, "0").replace(/\{[a-z]+\}/g, "x");
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(bare))
    return "must start with a letter and hold letters, digits, _ and - beside its tokens";
  return isPattern(pattern) ? undefined : problemOf(pattern);
}

const stamp = (at: Date) =>
  at
    .toISOString()
    .replace(/[-:]/g, "")
    .replace(/\.\d{3}Z$/, "Z");

/** Letters, digits, _ and - only: a name of a guest may hold dots. */
const clean = (text: string) => text.replace(/[^A-Za-z0-9_-]/g, "-");

function values(subject: Subject, at: Date, timezone: string): Record<(typeof TOKENS)[number], string> {
  return {
    vm: clean(subject.name ?? `vm${subject.vmid}`),
    vmid: String(subject.vmid),
    node: clean(subject.node),
    cluster: clean(subject.cluster),
    ...localStamp(at, timezone),
    datetime: stamp(at),
  };
}

/** Fills a pattern in for one guest. Without `vm`, the guest's name is cut to `room` characters and a hash. */
function fill(pattern: string, given: Record<string, string>): string {
  const text = pattern.replace(/\{([a-z]+)\}/g, (_, token: string) => given[token] ?? "");
  // A guest or a node may be called 3cx, and a snapshot may not.
  return /^[A-Za-z]/.test(text) ? text : `x-${text}`;
}

/** Shortens the guest's name, never a time: names of one job must stay different. The hash keeps guests apart. */
function shorten(pattern: string, given: Record<string, string>): string {
  const name = given["vm"] ?? "";
  const excess = fill(pattern, given).length - MOST;
  const uses = pattern.split("{vm}").length - 1;
  const room = uses === 0 ? 0 : name.length - Math.ceil(excess / uses);
  if (room < HASH + 2) return fill(pattern, given);
  const vm = `${name.slice(0, room - HASH - 1)}-${sha256(name).slice(0, HASH)}`;
  return fill(pattern, { ...given, vm });
}

/**
 * The snapshot's name for one guest, or why there is none. Rules of Proxmox: 2 to 40 characters, a letter
 * first, then letters, digits, _ and -; some names are taken by Proxmox itself. `{date}` and `{time}` are told by the
 * wall clock of `timezone`, `{datetime}` in UTC.
 */
export function snapshotName(
  pattern: string,
  subject: Subject,
  at: Date,
  timezone = "UTC",
): { name: string } | { because: string } {
  const given = values(subject, at, timezone);
  const full = fill(pattern, given);
  const name = full.length > MOST ? shorten(pattern, given) : full;
  const problem = problemOf(name);
  return problem === undefined ? { name } : { because: `the name ${name} ${problem}` };
}

/** The name, or with the lowest number behind it that nobody has; cut so that Proxmox takes it. */
export function nextFree(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let count = 2; ; count++) {
    const tail = `-${count}`;
    const next = name.slice(0, MOST - tail.length) + tail;
    if (!taken.has(next)) return next;
  }
}
