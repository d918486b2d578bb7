import * as z from "zod";
import type { Backup } from "./backup.ts";

const DAY_MS = 86_400_000;

/** How a storage fills with backups. */
export const Growth = z.object({
  cluster: z.string(),
  storage: z.string(),
  node: z.string().nullable(),
  backups: z.number(),
  sizeBytes: z.number(),
  /** What of it was written in the last week, and in the last month. */
  lastWeekBytes: z.number(),
  lastMonthBytes: z.number(),
});

/** Backups of a guest that is not there any more. */
export const Orphan = z.object({
  vm: z.string(),
  backups: z.number(),
  sizeBytes: z.number(),
  newest: z.string(),
});

const sizeOf = (backups: readonly Backup[]) => backups.reduce((total, { sizeBytes }) => total + sizeBytes, 0);

/** Backups, the newest first, of guests that nobody lists. Pure. */
export function orphansOf(backups: readonly Backup[], known: ReadonlySet<string>): z.infer<typeof Orphan>[] {
  const lost = backups.filter(({ vm }) => vm !== null && !known.has(vm));
  return [...Map.groupBy(lost, ({ vm }) => vm ?? "")].map(([vm, members]) => ({
    vm,
    backups: members.length,
    sizeBytes: sizeOf(members),
    newest: members[0]?.createdAt ?? "",
  }));
}

/** How each storage fills. Pure. */
export function growthOf(backups: readonly Backup[], now: Date): z.infer<typeof Growth>[] {
  const since = (days: number) => (backup: Backup) =>
    now.getTime() - Date.parse(backup.createdAt) <= days * DAY_MS;
  const places = Map.groupBy(backups, ({ cluster, storage, node }) => `${cluster} ${storage} ${node ?? ""}`);
  return [...places.values()].map((members) => ({
    cluster: members[0]?.cluster ?? "",
    storage: members[0]?.storage ?? "",
    node: members[0]?.node ?? null,
    backups: members.length,
    sizeBytes: sizeOf(members),
    lastWeekBytes: sizeOf(members.filter(since(7))),
    lastMonthBytes: sizeOf(members.filter(since(30))),
  }));
}
