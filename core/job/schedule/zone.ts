import { badTimezone } from "../../lib/timezone.ts";
import { ScheduleError } from "./error.ts";

const DAY = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws unless the IANA database knows the timezone by this very name; fixed offsets such as +01:00 are none that AWS knows. */
export function checkTimezone(timezone: string): void {
  const problem = badTimezone(timezone);
  if (problem !== undefined) throw new ScheduleError(problem, "timezone");
}

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const numeric = "numeric" as const;
  const date = {
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  };
  const format = new Intl.DateTimeFormat("en-US", { timeZone: timezone, hourCycle: "h23", ...date });
  formats.set(timezone, format);
  return format;
}

/** What a clock on the wall in that timezone shows, as milliseconds: the UTC epoch of the same digits. */
export function wallTime(instant: number, timezone: string): number {
  if (timezone === "UTC") return instant;
  const parts = formatOf(timezone).formatToParts(instant);
  const shown = new Map(parts.map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => shown.get(type) ?? 0;
  const seconds = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return seconds + (((instant % 1000) + 1000) % 1000);
}

/** The first instant at which the wall shows that time; undefined in the spring gap, which AWS skips. */
export function instantOf(wall: number, timezone: string): number | undefined {
  if (timezone === "UTC") return wall;
  const offsets = [wall - DAY, wall + DAY].map((near) => wallTime(near, timezone) - near);
  const instants = offsets
    .map((offset) => wall - offset)
    .filter((instant) => wallTime(instant, timezone) === wall);
  return instants.length > 0 ? Math.min(...instants) : undefined;
}
