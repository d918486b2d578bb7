import { retain, type Keep, type Kept } from "../core/retention/index.ts";

const HOUR_MS = 3_600_000;
export const ZONE = "Europe/Berlin";
export const KEEP: Keep = { last: 3, daily: 7, weekly: 4, monthly: 6, yearly: 1 };

/** The instant at which a wall clock in Berlin shows 02:30 of a day of 2026; on the day without it, 03:30. */
function nightOf(day: number): Date {
  const utc = Date.UTC(2026, 0, 1 + day, 1, 30);
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", hourCycle: "h23" });
  return Number(format.format(new Date(utc))) === 2 ? new Date(utc) : new Date(utc - HOUR_MS);
}

/** A year of nights, through both changes of the clock: in autumn 02:30 comes twice, and both have one. */
export function nights(): Kept[] {
  const daily = Array.from({ length: 365 }, (_, day) => nightOf(day));
  const twice = new Date(Date.UTC(2026, 9, 25, 1, 30));
  const all = daily.some((at) => at.getTime() === twice.getTime())
    ? [...daily, new Date(twice.getTime() - HOUR_MS)]
    : [...daily, twice];
  return all.map((at) => ({ id: at.toISOString(), at }));
}

/** What is left of that year, line by line, and how much went by which rule. */
export function yearTable(): string[] {
  const marks = retain(nights(), KEEP, ZONE);
  const kept = marks.filter(({ keep }) => keep).map(({ id, because }) => `| ${id} | ${because} |`);
  const gone = Map.groupBy(
    marks.filter(({ keep }) => !keep),
    ({ because }) => because.replace(/ of \S+$/, ""),
  );
  const sums = [...gone].map(([because, members]) => `| ${members.length} | ${because} |`);
  return ["| kept | because |", "| --- | --- |", ...kept, "", "| gone | because |", "| --- | --- |", ...sums];
}
