import * as z from "zod";
import { isFutureDated } from "../lib/clock.ts";
import type { Guest } from "../inventory/index.ts";
import type { Backup } from "./backup.ts";
import type { NewestTask } from "./newest-task.ts";

export const STATES = ["protected", "late", "unverified", "missing", "unknown"] as const;

/** How well a guest is covered, and why. `unknown` where a storage told nothing: its backup may lie there. */
export const Coverage = z.object({
  vm: z.object({ id: z.string(), name: z.string().nullable(), node: z.string() }),
  tags: z.array(z.string()),
  state: z.enum(STATES),
  because: z.string(),
  lastBackup: z.string().nullable(),
  backups: z.number(),
  sizeBytes: z.number(),
});
export type Coverage = z.infer<typeof Coverage>;

/** What is asked of the newest backup: its age in seconds at most, and whether it has to have been verified. */
export interface Wanted {
  readonly now: Date;
  readonly maxAgeSeconds: number;
  readonly verified: boolean;
  /** Whether a storage that may hold backups told nothing. */
  readonly blind: boolean;
}

const hours = (milliseconds: number) => Math.floor(milliseconds / 3_600_000);

type Judged = Pick<Coverage, "state" | "because">;

/** How well the backups of a guest cover it; one that is dated in the future has no age. Pure. */
function judge(backups: readonly Backup[], task: NewestTask | undefined, wanted: Wanted): Judged {
  const unseen = "a storage that may hold its backups tells nothing";
  const newest = backups.find(({ createdAt }) => !isFutureDated(new Date(createdAt), wanted.now));
  const isLater = task?.failed !== undefined && (!newest || task.at > new Date(newest.createdAt));
  const failed = isLater ? `; the attempt of ${task.at.toISOString()} failed: ${task.failed}` : "";
  const ahead = backups.length > 0 ? " but such as are dated in the future" : "";
  if (!newest)
    return wanted.blind
      ? { state: "unknown", because: `no backup is to be seen, and ${unseen}${failed}` }
      : { state: "missing", because: `it has no backup${ahead}${failed}` };
  const age = wanted.now.getTime() - Date.parse(newest.createdAt);
  if (age > wanted.maxAgeSeconds * 1000) {
    const because = `its newest backup is ${hours(age)} h old${failed}`;
    return wanted.blind
      ? { state: "unknown", because: `${because}, and ${unseen}` }
      : { state: "late", because };
  }
  if (newest.verification === "failed")
    return { state: "unverified", because: "its newest backup did not verify" };
  if (wanted.verified && newest.verification !== "ok")
    return { state: "unverified", because: "nobody has verified its newest backup" };
  return { state: "protected", because: `its newest backup is ${hours(age)} h old${failed}` };
}

/** How well each guest is covered. `backups` are the newest first. Pure. */
export function coverageOf(
  guests: readonly Guest[],
  backups: readonly Backup[],
  tasks: ReadonlyMap<string, NewestTask>,
  wanted: Wanted,
): Coverage[] {
  const groups = Map.groupBy(backups, ({ vm }) => vm ?? "");
  return guests.map(({ id, name, node, tags }) => {
    const own = groups.get(id) ?? [];
    return {
      vm: { id, name, node },
      tags,
      ...judge(own, tasks.get(id), wanted),
      lastBackup: own[0]?.createdAt ?? null,
      backups: own.length,
      sizeBytes: own.reduce((total, { sizeBytes }) => total + sizeBytes, 0),
    };
  });
}
