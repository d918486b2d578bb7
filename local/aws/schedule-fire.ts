import { nextFiring } from "./next-firing.ts";
import type { Due, Firing, Schedule } from "./schedule-schemas.ts";

const MINUTE = 60_000;

/** When a schedule fires first after `after` (epoch ms); undefined when it is disabled or over. */
export function planNext(schedule: Schedule, after: number, random: () => number): Due | undefined {
  if (schedule.State === "DISABLED") return undefined;
  const { StartDate, EndDate, FlexibleTimeWindow: flexible } = schedule;
  const from = Math.max(after, (StartDate ?? 0) - 1);
  const { ScheduleExpression: expression, ScheduleExpressionTimezone: timezone } = schedule;
  const at = nextFiring(expression, from, timezone, StartDate ?? schedule.CreationDate);
  if (at === undefined || (EndDate !== undefined && at > EndDate)) return undefined;
  const window = flexible.Mode === "FLEXIBLE" ? (flexible.MaximumWindowInMinutes ?? 0) * MINUTE : 0;
  return { at, fireAt: at + Math.floor(random() * window) };
}

/** A one-time schedule that lies in the past when it is made fires at once; every other waits for its next time. */
export function planFirst(schedule: Schedule, random: () => number): Due | undefined {
  const isOnce = schedule.ScheduleExpression.startsWith("at(");
  return planNext(schedule, isOnce ? 0 : schedule.CreationDate - 1, random);
}

/** The newest time due at `now`, and what is due after it: whoever was away fires once, not once for each time missed. */
export function catchUp(schedule: Schedule, due: Due, now: number, random: () => number) {
  const oldest = now - schedule.Target.RetryPolicy.MaximumEventAgeInSeconds * 1000;
  let newest = due;
  let following = planNext(schedule, Math.max(due.at, oldest - 1), random);
  while (following && following.fireAt <= now) {
    newest = following;
    following = planNext(schedule, newest.at, random);
  }
  return { newest, following };
}

/** Whether a firing is too old to be tried (again). */
export const isTooOld = (firing: Firing, now: number) =>
  now > firing.at + firing.target.RetryPolicy.MaximumEventAgeInSeconds * 1000;

/** The time AWS writes: UTC, to the second. */
export const scheduledTime = (firing: Firing) => new Date(firing.at).toISOString().replace(/\.\d{3}Z$/, "Z");

/** The target's input with the words that AWS replaces. */
export function inputOf(firing: Firing, scheduleArn: string): string {
  const words = new Map([
    ["schedule-arn", scheduleArn],
    ["scheduled-time", scheduledTime(firing)],
    ["execution-id", firing.id],
    ["attempt-number", String(firing.attempt)],
  ]);
  const input = firing.target.Input ?? "{}";
  return input.replaceAll(/<aws\.scheduler\.([a-z-]+)>/g, (whole, word: string) => words.get(word) ?? whole);
}

/** The firing's next attempt, with a delay that doubles up to five minutes; undefined when none is left. */
export function retryOf(firing: Firing, now: number): Firing | undefined {
  if (firing.attempt > firing.target.RetryPolicy.MaximumRetryAttempts) return undefined;
  const delay = Math.min(1000 * 2 ** (firing.attempt - 1), 5 * MINUTE);
  const retry = { ...firing, attempt: firing.attempt + 1, notBefore: now + delay };
  return isTooOld(retry, retry.notBefore) ? undefined : retry;
}
