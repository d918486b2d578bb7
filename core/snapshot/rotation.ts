import * as z from "zod";
import type { SnapshotEntry } from "../proxmox/index.ts";
import { isFutureDated } from "../lib/clock.ts";
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

/** A job and what stays of its snapshots; `made` is the name of the one that was just taken. */
export const Rotation = z.object({
  job: z.string(),
  keep: Keep,
  timezone: z.string().default("UTC"),
  made: z.string().exactOptional(),
});
export type Rotation = z.infer<typeof Rotation>;

/** A job's whole snapshots, newest first; those that were cut off do not count. */
const ofJob = (entries: readonly SnapshotEntry[], job: string) =>
  real(entries).filter((one) => jobOf(one.description) === job && one.snapstate === undefined);

/** A job's snapshots that a wrong clock dated in the future, so that a rotation leaves them alone; `made` is not among them. */
export function futureDated(entries: readonly SnapshotEntry[], { job, made }: Rotation, now: Date) {
  return ofJob(entries, job).filter(({ name, snaptime = 0 }) => {
    return name !== made && isFutureDated(new Date(snaptime * 1000), now);
  });
}

/**
 * The snapshots of a job that its rotation deletes, the oldest first. `made`, the one that was just taken, stays whatever
 * the dates say; those that are pinned, cut off or dated in the future stay and do not count. Pure.
 */
export function surplus(
  entries: readonly SnapshotEntry[],
  { job, keep, timezone, made }: Rotation,
  now: Date,
): Target[] {
  const own = ofJob(entries, job);
  const marks = retain(
    own.map((one) => ({
      id: one.name,
      at: takenAt(one) ?? now,
      held: heldBy(one.description, now),
      made: one.name === made,
    })),
    keep,
    timezone,
    now,
  );
  const going = new Set(marks.filter((mark) => !mark.keep).map(({ id }) => id));
  return own
    .filter(({ name }) => going.has(name))
    .toReversed()
    .map(targetOf);
}
