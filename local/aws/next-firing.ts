import { readCron } from "./expression.ts";

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const HORIZON_MS = 41 * 366 * DAY;
const UNITS: Readonly<Record<string, number>> = { minute: MINUTE, hour: HOUR, day: DAY };

/** Zones without an area that are none of Node's own inventions. */
const SHORT = /^(UTC|GMT|UCT|CET|EET|MET|WET|EST|MST|HST|PRC|ROC|ROK)$|^[A-Z][A-Za-z0-9+-]{3,}$/;

const formats = new Map<string, Intl.DateTimeFormat>();

/** A clock on the wall of a zone; throws a RangeError for a zone that AWS does not know by this name. */
function clockOf(timezone: string): (instant: number) => number {
  const format =
    formats.get(timezone) ??
    new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short", timeStyle: "medium" });
  const { timeZone: known } = format.resolvedOptions();
  const isOther = known !== timezone && known.toLowerCase() === timezone.toLowerCase();
  if (isOther || timezone.startsWith("SystemV/") || !(timezone.includes("/") || SHORT.test(timezone)))
    throw new RangeError(`no zone is called "${timezone}"`);
  formats.set(timezone, format);
  return (instant) => Date.parse(`${format.format(instant).replace(" ", "T")}Z`);
}

/** Whether the clock showed the same time before: it was set back, and AWS fires once. */
const isRepeat = (clock: (instant: number) => number, instant: number, wall: number) =>
  [30, 60, 120].some((minutes) => clock(instant - minutes * MINUTE) === wall);

/**
 * Goes from one quarter of an hour to the next and looks at the clock, as somebody would who waits beside it: what the clock
 * never shows does not fire. Clocks are set at quarters of an hour, so that minutes within one are its minutes.
 */
function nextCron(body: string, after: number, timezone: string): number | undefined {
  const { fitsDay, fitsMinute, lastYear } = readCron(body);
  const clock = clockOf(timezone);
  const end = Math.min(after + HORIZON_MS, Date.UTC(lastYear + 1, 0, 2));
  for (let quarter = Math.floor(after / QUARTER) * QUARTER; quarter <= end; quarter += QUARTER) {
    const wall = clock(quarter);
    const day = new Date(Math.floor(wall / DAY) * DAY);
    if (!fitsDay(day)) {
      // Two hours early, should the clock be set forward meanwhile.
      quarter += Math.max(0, DAY - (wall % DAY) - 2 * HOUR - QUARTER);
      continue;
    }
    for (let minute = 0; minute < 15; minute++) {
      const [instant, shown] = [quarter + minute * MINUTE, new Date(wall + minute * MINUTE)];
      const fits = instant > after && fitsMinute(shown.getUTCHours(), shown.getUTCMinutes());
      if (fits && !isRepeat(clock, instant, shown.getTime())) return instant;
    }
  }
  return undefined;
}

function nextAt(body: string, after: number, timezone: string): number | undefined {
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(body) ? Date.parse(`${body}Z`) : Number.NaN;
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 19) !== body)
    throw new RangeError(`"${body}" is not a time such as 2027-01-31T03:00:00`);
  const clock = clockOf(timezone);
  for (let instant = wall - 15 * HOUR; instant <= wall + 15 * HOUR; instant += QUARTER)
    if (clock(instant) === wall) return instant > after ? instant : undefined;
  return undefined;
}

function nextRate(body: string, after: number, anchor: number): number {
  const [, count, unit = ""] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(body) ?? [];
  const length = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (Number.isNaN(length)) throw new RangeError(`"${body}" is not a rate such as 5 minutes`);
  const passed = Math.max(-1, Math.floor((after - anchor) / length));
  return anchor + (passed + 1) * length;
}

/**
 * The first firing after an instant (epoch ms) as AWS does it; a rate counts from `anchor`. Throws a RangeError for an
 * expression or a zone that AWS refuses.
 */
export function nextFiring(
  expression: string,
  after: number,
  timezone: string,
  anchor: number,
): number | undefined {
  const [, kind, body = ""] = /^(cron|rate|at)\((.*)\)$/.exec(expression) ?? [];
  clockOf(timezone);
  if (kind === "cron") return nextCron(body, after, timezone);
  if (kind === "rate") return nextRate(body, after, anchor);
  if (kind === "at") return nextAt(body, after, timezone);
  throw new RangeError("it is not cron(…), rate(…) or at(…)");
}
