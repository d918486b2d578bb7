/** What was listed longer ago decides over nothing that does harm: three ticks of the inventory have failed by then. */
export const STALE_SECONDS = 180;

/** Whether something that was so at `asOf` is too old to decide by. */
export const isStale = (asOf: string, now: Date) => now.getTime() - Date.parse(asOf) > STALE_SECONDS * 1000;

/** How old something is, for people. */
export function ageOf(asOf: string, now: Date): string {
  const seconds = Math.round((now.getTime() - Date.parse(asOf)) / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}
