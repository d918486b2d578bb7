const HOUR_MS = 3_600_000;

const two = (value: number) => String(value).padStart(2, "0");

/** What a clock on the wall shows: digits of date and time, and its distance from UTC in minutes. */
function wallAt(at: Date, timezone: string) {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    calendar: "iso8601",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = (
    format.format(at).match(/\d+/g) ?? []
  ).map(Number);
  const shown = Date.UTC(year, month - 1, day, hour, minute, second);
  return {
    date: `${String(year).padStart(4, "0")}${two(month)}${two(day)}`,
    time: `${two(hour)}${two(minute)}${two(second)}`,
    offset: Math.round((shown - Math.floor(at.getTime() / 1000) * 1000) / 60_000),
  };
}

/**
 * Date and time for names, `yyyymmdd` and `hhmmss`, by the wall clock of an IANA zone. A time that comes twice, since the
 * clock is set back, carries its offset (`p0200`, `m0500`), so that the second is not named like the first.
 */
export function localStamp(at: Date, timezone: string): { date: string; time: string } {
  const { date, time, offset } = wallAt(at, timezone);
  const near = [-2, -1, 1, 2].map(
    (hours) => wallAt(new Date(at.getTime() + hours * HOUR_MS), timezone).offset,
  );
  const comesTwice = near.some((other) => {
    const twin = wallAt(new Date(at.getTime() + (offset - other) * 60_000), timezone);
    return other !== offset && twin.offset === other;
  });
  if (!comesTwice) return { date, time };
  const minutes = Math.abs(offset);
  const suffix = `${offset < 0 ? "m" : "p"}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
  return { date, time: time + suffix };
}
