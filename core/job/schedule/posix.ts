import { ScheduleError } from "./error.ts";
import { DAYS, FIELDS, parseNumber, parseValues, plain } from "./field.ts";
import type { Field } from "./field.ts";

const SUNDAY_TWICE: Field = { name: "day-of-week", min: 0, max: 7, names: [...DAYS, "SUN"] };

const MACROS = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

/** The five fields that a macro such as @daily stands for. */
export function expandMacro(text: string): string {
  const fields = MACROS.get(text.toLowerCase());
  if (fields === undefined)
    throw new ScheduleError(`"${text}" is not one of ${[...MACROS.keys()].join(", ")}`);
  return fields;
}

/** Five-field cron as AWS writes it. Besides POSIX it takes steps, names, L and #, as most crons do. */
export function fromPosix(text: string): string {
  const [minutes = "", hours = "", dayOfMonth = "", month = "", dayOfWeek = ""] = text.split(/\s+/);
  const [monthDays, weekDays] = dayFields(dayOfMonth, dayOfWeek);
  const [first, second] = [awsField(minutes, FIELDS.minutes), awsField(hours, FIELDS.hours)];
  return `cron(${first} ${second} ${monthDays} ${awsField(month, FIELDS.month)} ${weekDays} *)`;
}

/**
 * A day field counts as left open only where it is a plain star: with `1-31` or `1/1` beside a day of the week crons run
 * on either, or on both, and do not agree.
 */
function dayFields(dayOfMonth: string, dayOfWeek: string): [string, string] {
  const monthDay = monthDayField(dayOfMonth);
  const weekDay = weekDayField(dayOfWeek);
  if (isOpen(dayOfWeek)) return [monthDay, "?"];
  if (isOpen(dayOfMonth)) return weekDay === "*" ? ["*", "?"] : ["?", weekDay];
  throw new ScheduleError(
    `"${dayOfMonth}" and day-of-week "${dayOfWeek}" are both set: cron runs on either, which AWS cannot do; make two jobs, or write * for one`,
    FIELDS.dayOfMonth.name,
  );
}

const isOpen = (text: string) => text === "*" || text === "?";

function monthDayField(text: string): string {
  if (isOpen(text)) return "*";
  if (text.toUpperCase() === "L") return "L";
  const field = awsField(text, FIELDS.dayOfMonth);
  return parseValues(field, FIELDS.dayOfMonth).length === 31 ? "*" : field;
}

/** POSIX counts Sunday as 0 or 7, AWS as 1. */
function weekDayField(text: string): string {
  if (isOpen(text)) return "*";
  const special = /^(\w+?)(L|#\d)$/i.exec(text);
  if (special) return `${awsDay(parseNumber(special[1] ?? "", SUNDAY_TWICE))}${special[2]?.toUpperCase()}`;
  const days = new Set(parseValues(text, SUNDAY_TWICE).map(awsDay));
  if (days.size === 7) return "*";
  const stepped = text.split(",").find((part) => part.includes("/") && isBackwards(part, SUNDAY_TWICE));
  if (stepped !== undefined) throw backwards(stepped, SUNDAY_TWICE);
  const named = /[a-z]/i.test(text);
  return ranges(
    [...days].toSorted((a, b) => a - b),
    (day) => (named ? (DAYS[day - 1] ?? "") : String(day)),
  );
}

const awsDay = (day: number) => (day % 7) + 1;

/** Ascending numbers as a list of values and ranges. */
function ranges(values: readonly number[], write: (value: number) => string): string {
  const runs: [number, number][] = [];
  for (const value of values) {
    const run = runs.at(-1);
    if (run && run[1] === value - 1) run[1] = value;
    else runs.push([value, value]);
  }
  return runs
    .flatMap(([first, last]) =>
      last - first > 1 ? `${write(first)}-${write(last)}` : [...new Set([first, last])].map(write),
    )
    .join(",");
}

/** A field that both write alike, but for the start of a step; checked here so that errors speak of what was typed. */
function awsField(text: string, field: Field): string {
  parseValues(text, field);
  const wrong = text.split(",").find((part) => isBackwards(part, field));
  if (wrong !== undefined) throw backwards(wrong, field);
  return plain(text.replaceAll("*/", `${field.min}/`));
}

function isBackwards(part: string, field: Field): boolean {
  const [first, last] = (part.split("/")[0] ?? "").split("-");
  if (first === undefined || last === undefined) return false;
  return parseNumber(first, field) > parseNumber(last, field);
}

const backwards = (part: string, field: Field) =>
  new ScheduleError(`the range "${part}" runs backwards`, field.name);
