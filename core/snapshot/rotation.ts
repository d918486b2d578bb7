import * as z from "zod";
import type { SnapshotEntry } from "../proxmox/index.ts";
import { Keep, LegacyKeep, retain } from "../retention/index.ts";
import { heldBy, jobOf } from "./description.ts";
import { real, takenAt } from "./entry.ts";
import { targetOf, type Target } from "./targets.ts";

const MOST = 1000;

/** How many of a job's snapshots of a guest stay: so many of the latest, or in Proxmox's words as for backups. */
export const Keeping = z.union([
  z
    .number()
    .int()
    .min(1)
    .max(MOST)
    .transform((last): Keep => ({ last })),
  Keep,
  LegacyKeep,
]);

/** A job and what stays of its snapshots. */
export const Rotation = z.object({ job: z.string(), keep: Keep, timezone: z.string().default("UTC") });
export type Rotation = z.infer<typeof Rotation>;

/**
 * The snapshots of a job that its rotation deletes, the oldest first. Pinned ones stay and do not count, nor do those
 * that were cut off. Pure.
 */
export function surplus(
  entries: readonly SnapshotEntry[],
  { job, keep, timezone }: Rotation,
  now: Date,
): Target[] {
  const own = real(entries).filter((one) => jobOf(one.description) === job && one.snapstate === undefined);
  const marks = retain(
    own.map((one) => ({ id: one.name, at: takenAt(one) ?? now, held: heldBy(one.description, now) })),
    keep,
    timezone,
  );
  const going = new Set(marks.filter((mark) => !mark.keep).map(({ id }) => id));
  return own
    .filter(({ name }) => going.has(name))
    .toReversed()
    .map(targetOf);
}
