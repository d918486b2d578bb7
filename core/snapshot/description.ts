import { CLOCK_TOLERANCE_MS } from "../lib/clock.ts";
import { isTtl, TEN_YEARS, TTL_RANGE, ttlIn } from "./ttl.ts";

const INSTANT = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z`;
/** What each fact looks like, in the order in which they are written. */
const FORMS = {
  moxxie: /^op_[0-9A-HJKMNP-TV-Z]{26}\/\d+$/,
  job: /^job_[0-9A-HJKMNP-TV-Z]{26}$/,
  expires: new RegExp(`^${INSTANT}$`),
  pin: new RegExp(`^(?:always|${INSTANT})$`),
  reason: /^\S*$/,
} as const;
type Key = keyof typeof FORMS;
const KEYS = Object.keys(FORMS).join("|");
/** A line of nothing but what Moxxie writes, whether or not it could have written it so. */
const LINE = new RegExp(`^(?:${KEYS})=\\S*(?: (?:${KEYS})=\\S*)*$`);

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

const isKey = (text: string): text is Key => Object.hasOwn(FORMS, text);

/** The values of a line of facts, those only that have their form; `whole` where all have it and none stands twice. */
function valuesOf(line: string): { values: ReadonlyMap<Key, string>; whole: boolean } {
  const parts = LINE.test(line) ? line.split(" ") : [];
  const values = new Map<Key, string>();
  for (const part of parts) {
    const [key = "", ...rest] = part.split("=");
    if (isKey(key) && !values.has(key) && FORMS[key].test(rest.join("="))) values.set(key, rest.join("="));
  }
  return { values, whole: parts.length > 0 && values.size === parts.length };
}

/** A value of the last line, were all of that line written by Moxxie: words that people wrote around it make it theirs. */
function factOf(description: string | undefined, key: Key): string | undefined {
  const { values, whole } = valuesOf(lastLine(description));
  return whole ? values.get(key) : undefined;
}

/** The words of a description, without Moxxie's own line. */
export function wordsOf(description: string | undefined): string {
  const text = description?.trimEnd() ?? "";
  const line = lastLine(text);
  return valuesOf(line).whole ? text.slice(0, text.length - line.length).trimEnd() : text;
}

/** The item that made a snapshot, by its marker in the last line. */
export const markerOf = (description: string | undefined) => factOf(description, "moxxie");

/** The job that had a snapshot taken. Moxxie never names one without the item that took it. */
export const jobOf = (description: string | undefined) =>
  markerOf(description) === undefined ? undefined : factOf(description, "job");

/** Whether words would be read as what Moxxie writes, were nothing to follow them. */
export const looksLikeFacts = (words: string) => LINE.test(lastLine(words));

/** The instant that the last line states. Anybody may write one: a date that does not exist states nothing. */
function statedIn(description: string | undefined): Date | undefined {
  const stated = factOf(description, "expires");
  return stated === undefined || Number.isNaN(Date.parse(stated)) ? undefined : new Date(stated);
}

/** What keeps a stated instant from counting: as a time to live from `taken` it is out of range, though clocks may differ. */
function statedWrong(due: Date, taken: Date | undefined): string | undefined {
  const lasts = taken === undefined ? TEN_YEARS * 1000 : due.getTime() - taken.getTime();
  const slack = CLOCK_TOLERANCE_MS;
  if (isTtl((lasts + slack) / 1000) || isTtl((lasts - slack) / 1000)) return undefined;
  const told = `it says that it expires at ${due.toISOString()}`;
  return lasts < 0 ? `${told}, before it was taken` : `${told}, and a time to live is ${TTL_RANGE}`;
}

/**
 * When a snapshot is to go, if ever. `expires=` of the last line wins over `(TTL: 4h)`, which counts from `taken`. What is
 * out of range, or cannot be read, makes nothing go.
 */
export function expiryOf(description: string | undefined, taken: Date | undefined): Date | undefined {
  const stated = statedIn(description);
  if (stated) return statedWrong(stated, taken) === undefined ? stated : undefined;
  return wordedExpiry(wordsOf(description), taken);
}

/** When a snapshot that was taken then goes by the words alone, as the original told it. */
export function wordedExpiry(words: string, taken: Date | undefined): Date | undefined {
  const ttl = ttlIn(words);
  return taken && ttl && "seconds" in ttl ? new Date(taken.getTime() + ttl.seconds * 1000) : undefined;
}

/** What is wrong with the time to live of a description, because of which the snapshot stays; undefined where nothing is. */
export function badExpiry(description: string | undefined, taken: Date | undefined): string | undefined {
  const stated = statedIn(description);
  if (stated) return statedWrong(stated, taken);
  const ttl = ttlIn(wordsOf(description));
  return ttl && "wrong" in ttl ? `its description says ${ttl.text}, and ${ttl.wrong}` : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The pin of a snapshot, whether or not its time is over. One whose date cannot be read holds for ever, and one counts in a
 * line that is damaged elsewhere too: what protects is read with less doubt than what deletes.
 */
export function pinOf(description: string | undefined): Pin | undefined {
  const { values } = valuesOf(lastLine(description));
  const until = values.get("pin");
  if (until === undefined) return undefined;
  const known = until !== "always" && !Number.isNaN(Date.parse(until));
  return { reason: decoded(values.get("reason") ?? ""), until: known ? new Date(until).toISOString() : null };
}

/** Why a snapshot must not be deleted now; undefined when it may. */
export function heldBy(description: string | undefined, now: Date): string | undefined {
  const pin = pinOf(description);
  if (!pin || (pin.until !== null && new Date(pin.until) <= now)) return undefined;
  const time = pin.until === null ? "" : ` until ${pin.until}`;
  return `it is pinned${time}${pin.reason === "" ? "" : `: ${pin.reason}`}`;
}
