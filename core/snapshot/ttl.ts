import { Duration } from "../lib/duration.ts";

/** The longest time that a snapshot may be given, in seconds. */
export const TEN_YEARS = 3650 * 86_400;
const SHORTEST = 60;

/** The range in words, for errors and warnings. */
export const TTL_RANGE = `from ${SHORTEST} s to ${TEN_YEARS} s (ten years)`;

/** A time to live as callers name it, in seconds. */
export const Ttl = Duration({ min: SHORTEST, max: TEN_YEARS });

/** Whether so many seconds may be a time to live: one rule for the field `ttl` and for what a description says. */
export const isTtl = (seconds: number) => seconds >= SHORTEST && seconds <= TEN_YEARS;

/** The original's form in the words of a description: minutes, hours or days from when the snapshot was taken. */
const READ = /^\(TTL:\s*(\d+)(m|h|d)\)$/;
/** What somebody means for a time to live: whatever begins so in brackets, and without them what the original reads. */
const MEANT = /[([{<]\s*ttl\s*(?:[:=]|[-+.\s]?p?t?\d)[^()[\]{}<>]*[)\]}>]?|\bTTL:\s*\d+[mhd]\b/gi;
const UNIT_SECONDS = { m: 60, h: 3600, d: 86_400 } as const;

const isUnit = (text: string | undefined): text is keyof typeof UNIT_SECONDS =>
  text !== undefined && text in UNIT_SECONDS;

/** The seconds of one form that is read. */
function secondsOf(text: string): number | undefined {
  const [, count, unit] = READ.exec(text) ?? [];
  return isUnit(unit) ? Number(count) * UNIT_SECONDS[unit] : undefined;
}

/** The time to live that words state, or what is wrong with it: none counts that is out of range, unreadable or not the only one. */
export function ttlIn(
  words: string,
): ({ text: string } & ({ seconds: number } | { wrong: string })) | undefined {
  const found = words.match(MEANT);
  if (!found) return undefined;
  const text = found.join(" ");
  const seconds = secondsOf(text);
  if (found.length > 1) return { text, wrong: "only one time to live may stand there" };
  if (seconds === undefined) return { text, wrong: "only (TTL: 30m), (TTL: 4h) and (TTL: 7d) are read" };
  return isTtl(seconds) ? { text, seconds } : { text, wrong: `a time to live is ${TTL_RANGE}` };
}

/** The words without any time to live that is read. */
export const withoutTtl = (words: string) => words.replace(/ ?\(TTL:\s*\d+[mhd]\)/g, "");
