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
const WORDS = /\(TTL: *(\d{1,6})(m|h|d)\)/;
const UNIT_SECONDS = { m: 60, h: 3600, d: 86_400 } as const;

const isUnit = (text: string | undefined): text is keyof typeof UNIT_SECONDS =>
  text !== undefined && text in UNIT_SECONDS;

/** The first time to live that the words state, in range or not. */
export function ttlIn(words: string | undefined): { text: string; seconds: number } | undefined {
  const [text, count, unit] = WORDS.exec(words ?? "") ?? [];
  if (text === undefined || !isUnit(unit)) return undefined;
  return { text, seconds: Number(count) * UNIT_SECONDS[unit] };
}

/** The words without any time to live. */
export const withoutTtl = (words: string) => words.replace(new RegExp(` ?${WORDS.source}`, "g"), "");
