/** What was listed longer ago decides over nothing that does harm: three ticks of the inventory have failed by then. */
export const STALE_SECONDS = 180;

/** Our own clocks are no further apart. */
const SKEW_MS = 5_000;

/** How long ago that was, in milliseconds; Infinity where a clock that was ahead has dated it, so that nobody knows. */
export function ageMs(asOf: string, now: Date): number {
  const age = now.getTime() - Date.parse(asOf);
  return age < -SKEW_MS ? Infinity : Math.max(0, age);
}

/** Whether something that was so at `asOf` is too old to decide by. */
export const isStale = (asOf: string, now: Date) => ageMs(asOf, now) > STALE_SECONDS * 1000;

/** How old something is, for people. */
export function ageOf(asOf: string, now: Date): string {
  const seconds = Math.round(ageMs(asOf, now) / 1000);
  if (seconds === Infinity) return "of unknown age";
  return seconds < 120 ? `${seconds} s old` : `${Math.floor(seconds / 60)} min old`;
}
