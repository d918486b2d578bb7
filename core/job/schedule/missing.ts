import { parseExpression, type CronFields } from "./expression.ts";
import { next } from "./next.ts";
import { checkTimezone, wallTime } from "./zone.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Clocks are set twice a year at most, so this holds the next two changes. */
const DAYS_AHEAD = 400;

/** A wall time at which a schedule would fire and which does not exist, since the clock is set forward over it. */
export interface MissingTime {
  /** As a clock would show it: `2027-03-28T02:30`. */
  readonly wall: string;
  /** The moment that it becomes where it is not left out: as late after midnight as on every other day. */
  readonly instant: Date;
}

/** A change of the clock: the wall times from `start` to before `end` are left out; `offset` counts before it. */
interface Gap {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/** Whether a clock on the wall that shows this is a time of the expression. */
function fits({ minutes, hours, days, months, years }: CronFields, wall: number): boolean {
  const at = new Date(wall);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth() + 1];
  return (
    minutes.includes(at.getUTCMinutes()) &&
    hours.includes(at.getUTCHours()) &&
    months.includes(month) &&
    (years?.includes(year) ?? true) &&
    days(year, month).includes(at.getUTCDate())
  );
}

const offsetAt = (instant: number, timezone: string) => wallTime(instant, timezone) - instant;

/** The first minute after `from` at which the offset is no longer what it is there; it is another one at `to`. */
function changeBetween(from: number, to: number, timezone: string): number {
  const before = offsetAt(from, timezone);
  let [low, high] = [from, to];
  while (high - low > MINUTE) {
    const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
    if (offsetAt(middle, timezone) === before) low = middle;
    else high = middle;
  }
  return high;
}

const known = new Map<string, readonly Gap[]>();
const MOST_KNOWN = 1000;

function gapsFrom(day: number, timezone: string): readonly Gap[] {
  const key = `${timezone} ${day}`;
  const found = known.get(key) ?? findGaps(day, timezone);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, found);
  return found;
}

function findGaps(day: number, timezone: string): Gap[] {
  const days = Array.from({ length: DAYS_AHEAD }, (_, index) => day + index * DAY);
  return days.flatMap((start) => {
    const offset = offsetAt(start, timezone);
    const after = offsetAt(start + DAY, timezone);
    if (after <= offset) return [];
    const instant = changeBetween(start, start + DAY, timezone);
    return [{ start: instant + offset, end: instant + after, offset }];
  });
}

/** The missing times of an expression, those of each night together. */
function nightsFrom(expression: string, after: Date, timezone: string): MissingTime[][] {
  checkTimezone(timezone);
  const parsed = parseExpression(expression);
  if (parsed.kind !== "cron") return [];
  const firings = (instant: number) =>
    next(expression, new Date(instant - 1), timezone)?.getTime() === instant;
  // A night that began on the day before may not be over yet.
  return gapsFrom((Math.floor(after.getTime() / DAY) - 1) * DAY, timezone).map(({ start, end, offset }) => {
    const minutes = Array.from({ length: (end - start) / MINUTE }, (_, index) => start + index * MINUTE);
    return minutes
      .filter((wall) => fits(parsed, wall))
      .map((wall) => ({ wall: new Date(wall).toISOString().slice(0, 16), instant: wall - offset }))
      .filter(({ instant }) => !firings(instant))
      .map((one) => ({ ...one, instant: new Date(one.instant) }));
  });
}

/**
 * The wall times of the next 400 days at which a cron expression should fire and AWS leaves it out. One that fires at
 * that very moment anyway, as an hourly one does, is not missed. Throws ScheduleError as `next` does.
 */
export const missingTimes = (expression: string, after: Date, timezone: string): MissingTime[] =>
  nightsFrom(expression, after, timezone)
    .flat()
    .filter(({ instant }) => instant > after);

/** When a job runs that makes up for missing times: once a night, at the first of them, however many there are. */
export const standInTimes = (expression: string, after: Date, timezone: string): Date[] =>
  nightsFrom(expression, after, timezone)
    .flatMap(([first]) => (first ? [first.instant] : []))
    .filter((instant) => instant > after);
