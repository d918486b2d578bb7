import * as z from "zod";

export const FINAL = ["succeeded", "failed", "skipped", "cancelled", "unknown"] as const;

/** How an item ended. */
export const Final = z.enum(FINAL);
export type Final = z.infer<typeof Final>;

/** How many items ended in which way. */
export const Counts = z.object({
  succeeded: z.number().default(0),
  failed: z.number().default(0),
  skipped: z.number().default(0),
  cancelled: z.number().default(0),
  unknown: z.number().default(0),
});
export type Counts = z.infer<typeof Counts>;

export const NO_COUNTS: Counts = { succeeded: 0, failed: 0, skipped: 0, cancelled: 0, unknown: 0 };

/** How an operation may end. */
export const VERDICTS = ["succeeded", "partial", "skipped", "failed", "cancelled"] as const;

/** The sum of several counts. */
export function sum(parts: readonly Counts[]): Counts {
  const total = { ...NO_COUNTS };
  for (const part of parts) for (const name of FINAL) total[name] += part[name];
  return total;
}

/** Whether an operation is about one guest alone, and how many items its plan left out. */
interface Judged {
  readonly bulk: boolean;
  readonly leftOut: number;
}

/**
 * How an operation ends. Skips do not count against one that did something; one that did nothing says so, and a single
 * call that came too late to be carried out, though it had been accepted, has failed.
 */
export function verdict({ bulk, leftOut }: Judged, counts: Counts): (typeof VERDICTS)[number] {
  const bad = counts.failed + counts.unknown;
  if (counts.succeeded > 0) return bad + counts.cancelled > 0 ? "partial" : "succeeded";
  if (bad > 0) return "failed";
  if (counts.cancelled > 0) return "cancelled";
  if (!bulk && counts.skipped > leftOut) return "failed";
  return counts.skipped > 0 ? "skipped" : "succeeded";
}
