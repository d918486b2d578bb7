import { isFutureDated } from "../lib/clock.ts";
import type { Guest } from "../inventory/index.ts";
import { retain, type Keep, type Kept } from "../retention/index.ts";
import type { Backup } from "./backup.ts";
import type { NewestTask } from "./newest-task.ts";

/** Why backups stay that the rule would let go, with a code of docs/errors.md. */
export interface Hold {
  readonly code: string;
  readonly because: string;
}

/** What becomes of one backup, and why. */
export interface Fate {
  readonly backup: Backup;
  readonly guest: Guest;
  readonly keep: boolean;
  readonly because: string;
  /** Whether it can stand in for one that goes: as far as is known it is good, and it has an age. */
  readonly sound: boolean;
  /** What it stays for, where the rule would let it go. */
  readonly hold?: Hold;
}

/** What a prune has to know beside the backups. */
export interface Circumstances {
  readonly keep: Keep;
  readonly timezone: string;
  readonly now: Date;
  readonly newest: ReadonlyMap<string, NewestTask>;
  /** Why nothing on a storage may go. */
  readonly shrunken: (backup: Backup) => string | undefined;
  /** Why nothing of a guest may go. */
  readonly refused: (guest: Guest) => Hold | undefined;
}

/** So many of those that stay are remembered for when it is their neighbours' turn. */
const MOST_SPARES = 5;

const isGood = ({ verification }: Backup) => verification !== "failed";
const groupOf = ({ vm, storage, node }: Backup) => `${vm ?? ""} ${storage} ${node ?? ""}`;

const toKept = (backup: Backup): Kept => ({
  id: backup.volid,
  at: new Date(backup.createdAt),
  held: backup.protected ? "it is protected" : undefined,
  good: isGood(backup),
});

/** Why all backups of a guest stay, whatever the rule says: the newest attempt at one came to nothing, or is no good. */
function troubled(newest: Backup, task: NewestTask | undefined): Hold | undefined {
  const hold = (because: string) => ({ code: "backup.newest-failed", because });
  if (newest.verification === "failed") return hold(`the newest backup, ${newest.volid}, did not verify`);
  if (task?.failed === undefined || new Date(newest.createdAt) > task.at) return undefined;
  return hold(`the newest backup failed at ${task.at.toISOString()}: ${task.failed}`);
}

/** Why all on a storage stay, whatever the rule says. */
function shrunken(first: Backup | undefined, about: Circumstances): Hold | undefined {
  const because = first && about.shrunken(first);
  return because === undefined ? undefined : { code: "policy.shrunken", because };
}

function fatesOf(guest: Guest, backups: readonly Backup[], about: Circumstances): Fate[] {
  // One that is dated in the future would hide that the attempts since then failed.
  const hasAge = ({ createdAt }: Backup) => !isFutureDated(new Date(createdAt), about.now);
  const dated = backups.filter(hasAge);
  const [newest] = dated.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const stop = about.refused(guest) ?? (newest && troubled(newest, about.newest.get(guest.id)));
  const places = Map.groupBy(backups, ({ storage, node }) => `${storage} ${node ?? ""}`);
  return [...places.values()].flatMap((members) => {
    const hold = stop ?? shrunken(members[0], about);
    const marks = new Map(
      retain(members.map(toKept), about.keep, about.timezone, about.now).map((mark) => [mark.id, mark]),
    );
    return members.map((backup): Fate => {
      const { keep = true, because = "" } = marks.get(backup.volid) ?? {};
      const fate = { backup, guest, keep, because, sound: isGood(backup) && hasAge(backup) };
      return hold === undefined || keep ? fate : { ...fate, keep: true, because: hold.because, hold };
    });
  });
}

/** The newest good backups that stay beside one that goes, of the same guest on the same storage. */
export function sparesOf(fates: readonly Fate[]): (fate: Fate) => readonly string[] {
  const groups = Map.groupBy(fates, ({ backup }) => groupOf(backup));
  const spares = [...groups].map(([group, members]): [string, string[]] => {
    const good = members.filter(({ keep, sound }) => keep && sound).map(({ backup }) => backup);
    const newest = good.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    return [group, newest.slice(0, MOST_SPARES).map(({ volid }) => volid)];
  });
  const known = new Map(spares);
  return ({ backup }) => known.get(groupOf(backup)) ?? [];
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
