import type { Guest } from "../inventory/index.ts";
import { retain, type Keep, type Kept } from "../retention/index.ts";
import type { Backup } from "./backup.ts";
import type { NewestTask } from "./newest-task.ts";

/** What becomes of one backup, and why. */
export interface Fate {
  readonly backup: Backup;
  readonly guest: Guest;
  readonly keep: boolean;
  readonly because: string;
}

/** What a prune has to know beside the backups. */
export interface Circumstances {
  readonly keep: Keep;
  readonly timezone: string;
  readonly newest: ReadonlyMap<string, NewestTask>;
  /** Why nothing on a storage may go. */
  readonly shrunken: (backup: Backup) => string | undefined;
  /** Why nothing of a guest may go. */
  readonly refused: (guest: Guest) => string | undefined;
}

const toKept = (backup: Backup): Kept => ({
  id: backup.volid,
  at: new Date(backup.createdAt),
  held: backup.protected ? "it is protected" : undefined,
  good: backup.verification !== "failed",
});

/** Why all backups of a guest stay, whatever the rule says: the newest attempt at one came to nothing, or is no good. */
function troubled(newest: Backup, task: NewestTask | undefined): string | undefined {
  if (newest.verification === "failed") return `the newest backup, ${newest.volid}, did not verify`;
  if (task?.failed === undefined || new Date(newest.createdAt) > task.at) return undefined;
  return `the newest backup failed at ${task.at.toISOString()}: ${task.failed}`;
}

function fatesOf(guest: Guest, backups: readonly Backup[], about: Circumstances): Fate[] {
  const [newest] = backups.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  if (!newest) return [];
  const stop = about.refused(guest) ?? troubled(newest, about.newest.get(guest.id));
  const places = Map.groupBy(backups, ({ storage, node }) => `${storage} ${node ?? ""}`);
  return [...places.values()].flatMap((members) => {
    const [first] = members;
    const reason = stop ?? (first && about.shrunken(first));
    const marks = new Map(
      retain(members.map(toKept), about.keep, about.timezone).map((mark) => [mark.id, mark]),
    );
    return members.map((backup): Fate => {
      const { keep = true, because = "" } = marks.get(backup.volid) ?? {};
      if (reason !== undefined && !keep) return { backup, guest, keep: true, because: reason };
      return { backup, guest, keep, because };
    });
  });
}

/**
 * What a prune would do with each backup of these guests, newest first. Storages count by themselves, as in Proxmox;
 * guests whose newest backup failed keep all. Pure.
 */
export function prunePlan(
  guests: readonly Guest[],
  backups: readonly Backup[],
  about: Circumstances,
): Fate[] {
  const groups = Map.groupBy(backups, ({ vm }) => vm ?? "");
  return guests.flatMap((guest) => fatesOf(guest, groups.get(guest.id) ?? [], about));
}
