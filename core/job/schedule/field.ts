import { ScheduleError } from "./error.ts";

/** One field of a schedule: its name in errors, its range, and the names that stand for its numbers, from `min` on. */
export interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

export const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] as const;
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"] as const;

/** The six fields of an AWS cron expression, in order. */
export const FIELDS = {
  minutes: { name: "minutes", min: 0, max: 59 },
  hours: { name: "hours", min: 0, max: 23 },
  dayOfMonth: { name: "day-of-month", min: 1, max: 31 },
  month: { name: "month", min: 1, max: 12, names: MONTHS },
  dayOfWeek: { name: "day-of-week", min: 1, max: 7, names: DAYS },
  year: { name: "year", min: 1970, max: 2199 },
} as const;

/** One number of a field, or the name of one. */
export function parseNumber(text: string, field: Field): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return named + field.min;
  if (!/^\d+$/.test(text)) throw new ScheduleError(`"${text}" is not a value`, field.name);
  const value = Number(text);
  if (value < field.min || value > field.max) {
    throw new ScheduleError(`${text} is outside ${field.min}-${field.max}`, field.name);
  }
  return value;
}

/** All values that a field of lists, ranges and steps stands for, ascending. A range may run over the end: FRI-MON. */
export function parseValues(text: string, field: Field): number[] {
  const values = text.split(",").flatMap((part) => parsePart(part, field));
  return [...new Set(values)].toSorted((a, b) => a - b);
}

/** A field in capitals and without leading zeros. */
export const plain = (text: string) => text.toUpperCase().replaceAll(/\b0+(?=\d)/g, "");

/** The longest step that Quartz takes: a longer one would fire once in each round of the field, and not at every such step. */
const longestStep = ({ min, max }: Field) => Math.min(max, max - min + 1);

function parsePart(part: string, field: Field): number[] {
  const [range = "", step, ...rest] = part.split("/");
  if (rest.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) {
    throw new ScheduleError(`the step in "${part}" is not a positive number`, field.name);
  }
  if (Number(step ?? 1) > longestStep(field)) {
    const why = `is longer than ${longestStep(field)}; every ${field.name} field begins anew, so it would not be kept`;
    throw new ScheduleError(`the step in "${part}" ${why}`, field.name);
  }
  const [first, last] = bounds(range, field, step !== undefined);
  const size = field.max - field.min + 1;
  const end = last < first ? last + size : last;
  const values: number[] = [];
  for (let value = first; value <= end; value += Number(step ?? 1)) {
    values.push(((value - field.min) % size) + field.min);
  }
  return values;
}

function bounds(range: string, field: Field, stepped: boolean): [number, number] {
  if (range === "*") return [field.min, field.max];
  const [from = "", to, ...rest] = range.split("-");
  if (rest.length > 0) throw new ScheduleError(`"${range}" is not a range`, field.name);
  const first = parseNumber(from, field);
  if (to !== undefined) return [first, parseNumber(to, field)];
  return [first, stepped ? field.max : first];
}
