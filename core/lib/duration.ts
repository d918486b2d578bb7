import * as z from "zod";

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
const SHORT = /^(\d{1,9})([smhdw])$/;
const ISO = /^P(?:(\d{1,6})W|(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?)$/;

const isUnit = (text: string): text is keyof typeof UNITS => text in UNITS;

function isoSeconds(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match || text === "P" || text.endsWith("T")) return undefined;
  const [, weeks = "0", days = "0", hours = "0", minutes = "0", seconds = "0"] = match;
  return (
    Number(weeks) * UNITS.w +
    Number(days) * UNITS.d +
    Number(hours) * UNITS.h +
    Number(minutes) * 60 +
    Number(seconds)
  );
}

/** Reads `90s`, `15m`, `4h`, `7d`, `2w` or ISO 8601 (`PT4H`); the answer is in seconds, undefined when unreadable. */
export function parseDuration(text: string): number | undefined {
  const match = SHORT.exec(text);
  const unit = match?.[2];
  if (match && unit && isUnit(unit)) return Number(match[1]) * UNITS[unit];
  return isoSeconds(text);
}

const TIME = String.raw`T(?:\d{1,6}H(?:\d{1,6}M)?(?:\d{1,6}S)?|\d{1,6}M(?:\d{1,6}S)?|\d{1,6}S)`;
/** What `parseDuration` reads, in the words of every dialect of patterns. */
export const DURATION = new RegExp(String.raw`^(?:\d{1,9}[smhdw]|P\d{1,6}W|P\d{1,6}D(?:${TIME})?|P${TIME})$`);

/** A duration in the input of a verb, given as text, held in seconds. */
export const Duration = (limits: { min: number; max: number }) => {
  const wanted = `a duration such as 90s, 15m, 4h, 7d or PT4H, from ${limits.min} s to ${limits.max} s`;
  return z
    .string()
    .regex(DURATION, `must be ${wanted}`)
    .describe(`A${wanted.slice(1)}`)
    .transform((text, context) => {
      const seconds = parseDuration(text);
      if (seconds !== undefined && seconds >= limits.min && seconds <= limits.max) return seconds;
      context.addIssue({ code: "custom", message: `must be ${wanted}` });
      return z.NEVER;
    });
};
