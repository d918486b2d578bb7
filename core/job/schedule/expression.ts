import { dayRule } from "./days.ts";
import type { DayRule } from "./days.ts";
import { ScheduleError } from "./error.ts";
import { FIELDS, parseValues } from "./field.ts";

/** An AWS Scheduler expression, read. `wall` is local time as the UTC epoch of the same digits. */
export type Expression =
  | { readonly kind: "at"; readonly text: string; readonly wall: number }
  | { readonly kind: "rate"; readonly text: string; readonly milliseconds: number }
  | ({ readonly kind: "cron"; readonly text: string } & CronFields);

/** The fields of a cron expression, read; values ascend. No years means every year. */
export interface CronFields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: DayRule;
  readonly months: readonly number[];
  readonly years: readonly number[] | undefined;
}

/** Whether a text claims to be in the form of AWS. */
export const isAwsForm = (text: string) => /^(cron|rate|at)\s*\(/i.test(text.trim());

/** Reads `cron(…)`, `rate(…)` or `at(…)`; `text` of the result is the same with plain spacing. */
export function parseExpression(text: string): Expression {
  const [, kind = "", body = ""] = /^(cron|rate|at)\((.*)\)$/.exec(text.trim()) ?? [];
  switch (kind) {
    case "cron":
      return parseCron(body.trim().split(/\s+/));
    case "rate":
      return parseRate(body.trim());
    case "at":
      return parseAt(body.trim());
    default:
      throw new ScheduleError(`"${text}" is not cron(…), rate(…) or at(…)`);
  }
}

function parseCron(fields: readonly string[]): Expression {
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year, ...rest] = fields;
  if (!minutes || !hours || !dayOfMonth || !month || !dayOfWeek || !year || rest.length > 0) {
    const wanted = "minutes hours day-of-month month day-of-week year";
    throw new ScheduleError(`cron(…) has six fields, ${wanted}; here are ${fields.filter(Boolean).length}`);
  }
  return {
    kind: "cron",
    text: `cron(${fields.join(" ")})`,
    minutes: parseValues(minutes, FIELDS.minutes),
    hours: parseValues(hours, FIELDS.hours),
    days: dayRule(dayOfMonth, dayOfWeek),
    months: parseValues(month, FIELDS.month),
    years: year === "*" ? undefined : parseValues(year, FIELDS.year),
  };
}

const UNITS = new Map([
  ["minute", 60_000],
  ["hour", 3_600_000],
  ["day", 86_400_000],
]);

/** Ten years; beyond some more of them a date cannot be written. */
const LONGEST_MS = 3650 * 86_400_000;

function parseRate(body: string): Expression {
  const [, count, unit = ""] = /^([1-9]\d*)\s+(minute|hour|day)s?$/.exec(body) ?? [];
  const length = UNITS.get(unit);
  if (length === undefined) {
    throw new ScheduleError(`"${body}" is not a number of minutes, hours or days, such as 5 minutes`, "rate");
  }
  if (Number(count) * length > LONGEST_MS)
    throw new ScheduleError(`"${body}" is longer than ten years`, "rate");
  const text = `rate(${count} ${unit}${count === "1" ? "" : "s"})`;
  return { kind: "rate", text, milliseconds: Number(count) * length };
}

function parseAt(body: string): Expression {
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(body) ? Date.parse(`${body}Z`) : Number.NaN;
  // Date.parse turns 31 April into 1 May.
  if (Number.isNaN(wall) || !new Date(wall).toISOString().startsWith(body)) {
    throw new ScheduleError(`"${body}" is not a time such as 2027-01-31T03:00:00`, "at");
  }
  return { kind: "at", text: `at(${body})`, wall };
}
