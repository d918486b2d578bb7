import { parseExpression } from "./expression.ts";
import type { CronFields, Expression } from "./expression.ts";
import { checkTimezone, instantOf, wallTime } from "./zone.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A fifth Monday in February comes every 28 years, and around 2100 only after 40; nothing else stays away longer. */
const HORIZON_YEARS = 41;

/**
 * The first firing strictly after `after`, as AWS Scheduler does it: a wall time in the spring gap is skipped, one in the
 * autumn overlap fires once. A rate counts from `anchor`, its start or creation; without one, from `after`.
 */
export function next(expression: string, after: Date, timezone: string, anchor = after): Date | undefined {
  checkTimezone(timezone);
  const instant = following(parseExpression(expression), after.getTime(), timezone, anchor.getTime());
  return instant === undefined ? undefined : new Date(instant);
}

/** The next firings after an instant, at most `count` of them. A rate counts from `anchor`. */
export function upcoming(
  expression: string,
  { after, anchor = after }: { readonly after: Date; readonly anchor?: Date },
  timezone: string,
  count: number,
): Date[] {
  checkTimezone(timezone);
  const parsed = parseExpression(expression);
  const found: Date[] = [];
  let last = after.getTime();
  while (found.length < count) {
    const instant = following(parsed, last, timezone, anchor.getTime());
    if (instant === undefined) break;
    found.push(new Date(instant));
    last = instant;
  }
  return found;
}

function following(
  expression: Expression,
  after: number,
  timezone: string,
  anchor: number,
): number | undefined {
  if (expression.kind === "cron") return followingCron(expression, after, timezone);
  if (expression.kind === "rate") {
    const { milliseconds } = expression;
    return after < anchor
      ? anchor
      : anchor + (Math.floor((after - anchor) / milliseconds) + 1) * milliseconds;
  }
  const instant = instantOf(expression.wall, timezone);
  return instant !== undefined && instant > after ? instant : undefined;
}

function followingCron(fields: CronFields, after: number, timezone: string): number | undefined {
  // A wall time below the present one was shown before; in the second round of an overlap, the ones above it too.
  const from = wallTime(after, timezone);
  for (const day of daysFrom(fields, from)) {
    for (const wall of timesOf(fields, day, from)) {
      const instant = instantOf(wall, timezone);
      if (instant !== undefined && instant > after) return instant;
    }
  }
  return undefined;
}

function* daysFrom({ years, months, days }: CronFields, from: number): Generator<number> {
  const first = new Date(from).getUTCFullYear();
  const every = Array.from({ length: HORIZON_YEARS }, (_, index) => first + index);
  for (const year of years ?? every) {
    if (year < first) continue;
    for (const month of months) {
      if (Date.UTC(year, month) <= from) continue;
      for (const day of days(year, month)) {
        const start = Date.UTC(year, month - 1, day);
        if (start + DAY > from) yield start;
      }
    }
  }
}

function* timesOf({ hours, minutes }: CronFields, day: number, from: number): Generator<number> {
  for (const hour of hours) {
    if (day + (hour + 1) * HOUR <= from) continue;
    for (const minute of minutes) {
      const wall = day + hour * HOUR + minute * MINUTE;
      if (wall >= from) yield wall;
    }
  }
}
