import { CLOCK_TOLERANCE_MS } from "../lib/clock.ts";
import { isTtl, TTL_RANGE, ttlIn } from "./ttl.ts";

const EXPIRES = /(?:^|\s)expires=(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)(?=\s|$)/;
const MARKER = /(?:^|\s)moxxie=(op_[0-9A-HJKMNP-TV-Z]{26}\/\d+)(?=\s|$)/;
const JOB = /(?:^|\s)job=(job_[0-9A-HJKMNP-TV-Z]{26})(?=\s|$)/;
const PIN = /(?:^|\s)pin=(always|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)(?: reason=(\S*))?(?=\s|$)/;
/** A line of nothing but what Moxxie writes. */
const FACTS = /^(?:moxxie|job|expires|pin|reason)=\S*(?: (?:moxxie|job|expires|pin|reason)=\S*)*$/;

/** Why a snapshot must not be deleted, and until when; null is for ever. */
export interface Pin {
  readonly reason: string;
  readonly until: string | null;
}

/** What Moxxie keeps in the last line of a snapshot's description. */
export interface Facts {
  readonly marker?: string | undefined;
  /** The job that had it taken, which alone may thin it out. */
  readonly job?: string | undefined;
  readonly expiresAt?: Date | undefined;
  readonly pin?: Pin | undefined;
}

const lastLine = (description: string | undefined) => description?.trimEnd().split("\n").at(-1) ?? "";

/** The description of a snapshot: the caller's words, then a line by which Moxxie knows it again. */
export function describe(words: string, { marker, job, expiresAt, pin }: Facts): string {
  const facts = [
    ...(marker === undefined ? [] : [`moxxie=${marker}`]),
    ...(job === undefined ? [] : [`job=${job}`]),
    ...(expiresAt ? [`expires=${expiresAt.toISOString()}`] : []),
    ...(pin ? [`pin=${pin.until ?? "always"} reason=${encodeURIComponent(pin.reason)}`] : []),
  ].join(" ");
  return [words, facts].filter((part) => part !== "").join("\n");
}

/** The words of a description, without Moxxie's own line. */
export function wordsOf(description: string | undefined): string {
  const text = description?.trimEnd() ?? "";
  const line = lastLine(text);
  return FACTS.test(line) ? text.slice(0, text.length - line.length).trimEnd() : text;
}

/** The item that made a snapshot, by its marker in the last line. */
export const markerOf = (description: string | undefined) => MARKER.exec(lastLine(description))?.[1];

/** The job that had a snapshot taken. */
export const jobOf = (description: string | undefined) => JOB.exec(lastLine(description))?.[1];

/** Whether words would be read as what Moxxie writes, were nothing to follow them. */
export const looksLikeFacts = (words: string) => FACTS.test(lastLine(words));

/** The instant that the last line states. Anybody may write one: a date that does not exist states nothing. */
function statedIn(description: string | undefined): Date | undefined {
  const stated = EXPIRES.exec(lastLine(description))?.[1];
  return stated === undefined || Number.isNaN(Date.parse(stated)) ? undefined : new Date(stated);
}

/** Over before it began, though the clocks of Moxxie and of the node may differ. */
const isBefore = (due: Date, taken: Date | undefined) =>
  taken !== undefined && due.getTime() < taken.getTime() - CLOCK_TOLERANCE_MS;

/**
 * When a snapshot is to go, if ever. `expires=` of the last line wins over `(TTL: 4h)`, which counts from `taken`. What is
 * out of range makes nothing go.
 */
export function expiryOf(description: string | undefined, taken: Date | undefined): Date | undefined {
  const stated = statedIn(description);
  if (stated) return isBefore(stated, taken) ? undefined : stated;
  const ttl = ttlIn(description);
  if (!taken || !ttl || !isTtl(ttl.seconds)) return undefined;
  return new Date(taken.getTime() + ttl.seconds * 1000);
}

/** What is wrong with the time to live of a description, because of which the snapshot stays; undefined where nothing is. */
export function badExpiry(description: string | undefined, taken: Date | undefined): string | undefined {
  const stated = statedIn(description);
  if (stated && isBefore(stated, taken))
    return `it says that it expires at ${stated.toISOString()}, before it was taken`;
  const ttl = ttlIn(description);
  if (stated || !ttl || isTtl(ttl.seconds)) return undefined;
  return `its description says ${ttl.text}, and a time to live is ${TTL_RANGE}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The pin of a snapshot, whether or not its time is over. One whose date cannot be read holds for ever. */
export function pinOf(description: string | undefined): Pin | undefined {
  const [found, until, reason = ""] = PIN.exec(lastLine(description)) ?? [];
  if (found === undefined || until === undefined) return undefined;
  const known = until !== "always" && !Number.isNaN(Date.parse(until));
  return { reason: decoded(reason), until: known ? new Date(until).toISOString() : null };
}

/** Why a snapshot must not be deleted now; undefined when it may. */
export function heldBy(description: string | undefined, now: Date): string | undefined {
  const pin = pinOf(description);
  if (!pin || (pin.until !== null && new Date(pin.until) <= now)) return undefined;
  const time = pin.until === null ? "" : ` until ${pin.until}`;
  return `it is pinned${time}${pin.reason === "" ? "" : `: ${pin.reason}`}`;
}
