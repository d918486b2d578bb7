/** A span of time by which backups are kept, from the shortest. */
export const SPANS = ["hourly", "daily", "weekly", "monthly", "yearly"] as const;
export type Span = (typeof SPANS)[number];

const DAY_MS = 86_400_000;
const two = (value: number) => String(value).padStart(2, "0");

/** The ISO week of a calendar day, as `2026-W53`: the year is that of its Thursday. */
function isoWeek(year: number, month: number, day: number): string {
  const date = Date.UTC(year, month - 1, day);
  const monday = (new Date(date).getUTCDay() + 6) % 7;
  const thursday = new Date(date + (3 - monday) * DAY_MS);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return `${thursday.getUTCFullYear()}-W${two(Math.floor((thursday.getTime() - first) / (7 * DAY_MS)) + 1)}`;
}

/** Which hour, day, week, month and year an instant belongs to, by the wall clock of an IANA time zone. */
export function spansIn(timezone: string): (at: Date) => Readonly<Record<Span, string>> {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    calendar: "iso8601",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
  });
  return (at) => {
    const [year = 0, month = 0, day = 0, hour = 0] = (format.format(at).match(/\d+/g) ?? []).map(Number);
    const daily = `${year}-${two(month)}-${two(day)}`;
    return {
      hourly: `${daily}T${two(hour)}`,
      daily,
      weekly: isoWeek(year, month, day),
      monthly: `${year}-${two(month)}`,
      yearly: String(year),
    };
  };
}
