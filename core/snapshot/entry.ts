import * as z from "zod";
import type { SnapshotEntry } from "../proxmox/index.ts";
import { isFutureDated } from "../lib/clock.ts";
import type { Warning } from "../lib/page.ts";
import { badExpiry, expiryOf, pinOf, wordsOf } from "./description.ts";

/** A snapshot as every answer shows it; `current` marks the one that the guest runs on, `broken` one that was cut off half made or half deleted. */
export const Snapshot = z.object({
  name: z.string(),
  parent: z.string().nullable(),
  description: z.string(),
  createdAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  memory: z.boolean(),
  current: z.boolean(),
  broken: z.string().nullable(),
  pin: z.object({ reason: z.string(), until: z.string().nullable() }).nullable(),
});
export type Snapshot = z.infer<typeof Snapshot>;

/** When Proxmox took it. */
export const takenAt = (entry: SnapshotEntry) =>
  entry.snaptime === undefined ? undefined : new Date(entry.snaptime * 1000);

/** A snapshot as it is shown; `current` is the name of the one that the guest runs on. */
export function toSnapshot(entry: SnapshotEntry, current: string | undefined): Snapshot {
  const taken = takenAt(entry);
  return {
    name: entry.name,
    parent: entry.parent ?? null,
    description: wordsOf(entry.description),
    createdAt: taken?.toISOString() ?? null,
    expiresAt: expiryOf(entry.description, taken)?.toISOString() ?? null,
    memory: entry.vmstate === 1,
    current: entry.name === current,
    broken: entry.snapstate ?? null,
    pin: pinOf(entry.description) ?? null,
  };
}

/** The snapshots in Proxmox's list, without the guest itself, newest first. */
export const real = (entries: readonly SnapshotEntry[]): SnapshotEntry[] =>
  entries
    .filter((entry) => entry.name !== "current")
    .toSorted((a, b) => (b.snaptime ?? 0) - (a.snaptime ?? 0) || (a.name < b.name ? -1 : 1));

/** Proxmox's list as it is shown. */
export function toSnapshots(entries: readonly SnapshotEntry[]): Snapshot[] {
  const here = entries.find((entry) => entry.name === "current")?.parent;
  return real(entries).map((entry) => toSnapshot(entry, here));
}

/** What keeps snapshots from ever going by themselves: times to live that are none, and dates that a wrong clock wrote. */
export function troubles(entries: readonly SnapshotEntry[], now: Date): Warning[] {
  return real(entries).flatMap((entry) => {
    const taken = takenAt(entry);
    const bad = badExpiry(entry.description, taken);
    const isAhead = taken !== undefined && isFutureDated(taken, now);
    return [
      ...(bad === undefined ? [] : [{ code: "snapshot.ttl", detail: `${entry.name} stays: ${bad}` }]),
      ...(isAhead
        ? [
            {
              code: "snapshot.future-dated",
              detail: `${entry.name} is dated in the future; no rotation counts it`,
            },
          ]
        : []),
    ];
  });
}
