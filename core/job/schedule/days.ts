import { ScheduleError } from "./error.ts";
import { FIELDS, parseNumber, parseValues } from "./field.ts";

/** Says which days of a month fire; months count from 1. */
export type DayRule = (year: number, month: number) => number[];

/** The number of days of a month; months count from 1. */
const monthLength = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();

const SUNDAY = 1;
const SATURDAY = 7;

const weekday = (year: number, month: number, day: number) =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

/** Reads the two day fields of an AWS expression; exactly one of them is a question mark. */
export function dayRule(dayOfMonth: string, dayOfWeek: string): DayRule {
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) {
    throw new ScheduleError("exactly one of day-of-month and day-of-week must be ?", FIELDS.dayOfWeek.name);
  }
  return dayOfWeek === "?" ? monthDays(dayOfMonth.toUpperCase()) : weekDays(dayOfWeek.toUpperCase());
}

function monthDays(text: string): DayRule {
  if (text === "L") return (year, month) => [monthLength(year, month)];
  if (text === "LW") return (year, month) => [nearestWorkday(year, month, monthLength(year, month))];
  const workday = /^(\d+)W$/.exec(text)?.[1];
  if (workday === undefined) {
    const days = parseValues(text, FIELDS.dayOfMonth);
    return (year, month) => days.filter((day) => day <= monthLength(year, month));
  }
  const target = parseNumber(workday, FIELDS.dayOfMonth);
  return (year, month) => (target <= monthLength(year, month) ? [nearestWorkday(year, month, target)] : []);
}

/** Monday to Friday nearest to a day, without leaving its month. */
function nearestWorkday(year: number, month: number, day: number): number {
  switch (weekday(year, month, day)) {
    case SATURDAY:
      return day === 1 ? 3 : day - 1;
    case SUNDAY:
      return day === monthLength(year, month) ? day - 2 : day + 1;
    default:
      return day;
  }
}

function weekDays(text: string): DayRule {
  const nth = /^(\w+)#(.*)$/.exec(text);
  if (nth) return nthWeekday(nth[1] ?? "", nth[2] ?? "");
  const last = /^(\w+)L$/.exec(text)?.[1];
  if (last !== undefined) {
    const wanted = parseNumber(last, FIELDS.dayOfWeek);
    return (year, month) => daysOn([wanted], year, month).slice(-1);
  }
  const wanted = text === "L" ? [SATURDAY] : parseValues(text, FIELDS.dayOfWeek);
  return (year, month) => daysOn(wanted, year, month);
}

function nthWeekday(day: string, count: string): DayRule {
  const wanted = parseNumber(day, FIELDS.dayOfWeek);
  if (!/^[1-5]$/.test(count))
    throw new ScheduleError(`"#${count}" is not one of #1 to #5`, FIELDS.dayOfWeek.name);
  const index = Number(count) - 1;
  return (year, month) => daysOn([wanted], year, month).slice(index, index + 1);
}

function daysOn(wanted: readonly number[], year: number, month: number): number[] {
  const days = Array.from({ length: monthLength(year, month) }, (_, index) => index + 1);
  return days.filter((day) => wanted.includes(weekday(year, month, day)));
}
