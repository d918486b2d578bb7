import { ScheduleError } from "./error.ts";
import { DAYS, FIELDS, parseValues, plain } from "./field.ts";
import type { Field } from "./field.ts";

// The calendar events of Proxmox VE: [weekdays] [[year-]month-day] [[hours:]minutes[:seconds]], a part of systemd's.

const NAMED = new Map([
  ["minutely", "*-*-* *:*"],
  ["hourly", "*-*-* *:00"],
  ["daily", "*-*-* 00:00"],
  ["weekly", "mon *-*-* 00:00"],
  ["monthly", "*-*-01 00:00"],
  ["quarterly", "*-01,04,07,10-01 00:00"],
  ["semiannually", "*-01,07-01 00:00"],
  ["semi-annually", "*-01,07-01 00:00"],
  ["yearly", "*-01-01 00:00"],
  ["annually", "*-01-01 00:00"],
]);

const WEEKDAYS = /^(sun|mon|tue|wed|thu|fri|sat)/i;
const DATE = /^[\d*,./]+-[\d*,./]+(-[\d*,./]+)?$/;
const TIME = /^[\d*,./]+(:[\d*,./]+){0,2}$/;

/** Whether a text has the shape of a calendar event. */
export function isCalendarEvent(text: string): boolean {
  const parts = words(text);
  return NAMED.has(text.toLowerCase()) || (parts.length <= 3 && parts.every(isPart));
}

const isPart = (part: string) => WEEKDAYS.test(part) || DATE.test(part) || TIME.test(part);

const words = (text: string) => text.replaceAll(/,\s+/g, ",").split(/\s+/);

/** A calendar event as AWS writes it. */
export function fromCalendar(text: string): string {
  const left = words(NAMED.get(text.toLowerCase()) ?? text);
  const take = (shape: RegExp) => (shape.test(left[0] ?? "") ? left.shift() : undefined);
  const weekdays = take(WEEKDAYS);
  const date = take(DATE);
  const time = take(TIME) ?? "00:00";
  if (left.length > 0)
    throw new ScheduleError(`"${left.join(" ")}" is out of place: weekdays, then date, then time`);
  const { year, month, day } = dateFields(date ?? "*-*-*");
  const days = dayFields(day, weekdays === undefined ? undefined : weekdayField(weekdays));
  const { hours, minutes } = timeFields(time);
  return `cron(${minutes} ${hours} ${days[0]} ${month} ${days[1]} ${year})`;
}

function timeFields(time: string) {
  const [first = "", second, seconds = "00"] = time.split(":");
  if (!/^0+$/.test(seconds)) {
    throw new ScheduleError(`"${seconds}" cannot be kept: a schedule starts on the full minute`, "seconds");
  }
  const [hours, minutes] = second === undefined ? ["*", first] : [first, second];
  return { hours: awsField(hours, FIELDS.hours), minutes: awsField(minutes, FIELDS.minutes) };
}

function dateFields(date: string) {
  const parts = date.split("-");
  const [year = "", month = "", day = ""] = parts.length === 2 ? ["*", ...parts] : parts;
  return {
    year: awsField(year, FIELDS.year),
    month: awsField(month, FIELDS.month),
    day: awsField(day, FIELDS.dayOfMonth),
  };
}

/** Days of the week and of the month must both hold, which AWS can say only for the nth of one weekday. */
function dayFields(day: string, weekday: string | undefined): [string, string] {
  if (weekday === undefined) return [day, "?"];
  if (day === "*") return ["?", weekday];
  const [first = 0, ...rest] = parseValues(day, FIELDS.dayOfMonth);
  const isOneWeek = rest.length === 6 && rest.at(-1) === first + 6 && first % 7 === 1;
  const nth = DAYS.findIndex((name) => name === weekday) + 1;
  if (isOneWeek && nth > 0) return ["?", `${nth}#${(first - 1) / 7 + 1}`];
  const reason = "AWS can combine the two only for the nth of one weekday, such as sat *-1..7";
  throw new ScheduleError(`"${day}" and the weekdays are both set: ${reason}`, FIELDS.dayOfMonth.name);
}

function weekdayField(text: string): string {
  const parts = text.split(",").map((part) => part.split("..").map(weekdayName));
  if (parts.some((range) => range.length > 2))
    throw new ScheduleError(`"${text}" is not a range`, FIELDS.dayOfWeek.name);
  return parts.map((range) => range.join("-")).join(",");
}

const LONG = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"];

function weekdayName(text: string): string {
  const name = text.toUpperCase();
  const found = DAYS.find((day, index) => name === day || name === LONG[index]);
  if (found === undefined)
    throw new ScheduleError(`"${text}" is not a weekday such as mon`, FIELDS.dayOfWeek.name);
  return found;
}

function awsField(text: string, field: Field): string {
  const written = plain(text.replaceAll("..", "-").replaceAll("*/", `${field.min}/`));
  parseValues(written, field);
  return written;
}
