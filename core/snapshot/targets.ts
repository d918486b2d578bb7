import * as z from "zod";
import { glob } from "../lib/glob.ts";
import type { SnapshotEntry } from "../proxmox/index.ts";
import { expiryOf, heldBy } from "./description.ts";
import { real, takenAt } from "./entry.ts";

/** A row of the expiry list, by its key. */
const Entry = z.object({ pk: z.string(), sk: z.string() });

/** A snapshot that is to go. `expired` ones go only if their time is still over, `entry` is what made the sweeper choose it. */
export const Target = z.object({
  name: z.string(),
  expired: z.boolean().default(false),
  /** When it was taken, in seconds: another one may have got its name, or another guest its VMID. */
  snaptime: z.number().exactOptional(),
  entry: Entry.exactOptional(),
});
export type Target = z.infer<typeof Target>;

/** Snapshots by name, `*` and `?` as in a glob, that were taken before an instant. */
export const Pattern = z.object({ match: z.string(), before: z.string() });
export type Pattern = z.infer<typeof Pattern>;

/** The snapshots that a pattern means, the oldest first, so that what is left is never without its parents' data. */
export function meant(entries: readonly SnapshotEntry[], { match, before }: Pattern): Target[] {
  return real(entries)
    .filter((entry) => glob(match, entry.name, { caseSensitive: true }))
    .filter((entry) => (takenAt(entry) ?? new Date(0)) < new Date(before))
    .toReversed()
    .map(targetOf);
}

/** A snapshot that was looked at, as a target. */
export const targetOf = ({ name, snaptime }: SnapshotEntry): Target => ({
  name,
  expired: false,
  ...(snaptime === undefined ? {} : { snaptime }),
});

/** What is to be done about one target: delete it, or leave it for a reason. */
export type Fate =
  | { readonly act: "delete" }
  | { readonly act: "leave"; readonly code: string; readonly reason: string; readonly due?: string };

/** Looks at a target in Proxmox's list as it is now. Anything that was half deleted stands in the way of everything. Pure. */
export function fateOf(target: Target, entries: readonly SnapshotEntry[], now: Date): Fate {
  const { name, expired, snaptime } = target;
  const found = entries.find((entry) => entry.name === name);
  if (!found)
    return { act: "leave", code: "snapshot.missing", reason: `the snapshot ${name} is gone already` };
  if (snaptime !== undefined && found.snaptime !== snaptime)
    return { act: "leave", code: "snapshot.changed", reason: `the snapshot ${name} is another one by now` };
  const held = heldBy(found.description, now);
  if (held !== undefined) return { act: "leave", code: "snapshot.pinned", reason: `${name}: ${held}` };
  if (!expired) return { act: "delete" };
  const due = expiryOf(found.description, takenAt(found));
  if (due && due <= now) return { act: "delete" };
  const reason = `the snapshot ${name} ${due ? `expires only at ${due.toISOString()}` : "does not expire any more"}`;
  return { act: "leave", code: "snapshot.kept", reason, ...(due ? { due: due.toISOString() } : {}) };
}

/** A snapshot that a deletion left half deleted; Proxmox wants a human then. */
export const halfDeleted = (entries: readonly SnapshotEntry[]) =>
  real(entries).find((entry) => entry.snapstate === "delete");
