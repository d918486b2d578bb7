import type { Task } from "../operation/index.ts";
import type { Verdict } from "../policy/index.ts";
import { ACTIONS } from "./actions.ts";
import type { Place } from "./backup.ts";
import { sparesOf, type Fate } from "./prune-plan.ts";

/** A backup with what becomes of it, the node through which it is reached, and what policy says of its guest. */
export interface Placed extends Fate {
  readonly through: string;
  readonly spares: readonly string[];
  readonly verdict: Verdict;
}

const { delete: ACTION } = ACTIONS;

/** A rule that is set aside, or only noted, is told with every backup that goes in spite of it. */
function reasonOf({ keep, because }: Fate, { decision, wouldRefuse, reason }: Verdict): string {
  const noted = !keep && (decision === "override" || wouldRefuse === true);
  return noted ? `${because}; ${reason}` : because;
}

/** Finds out by which node each of these backups is reached and what has to be there still when it goes. */
export function placed(
  fates: readonly Fate[],
  places: readonly Place[],
  verdictOf: (guest: Fate["guest"]) => Verdict,
): Placed[] {
  const spared = sparesOf(fates);
  return fates.map((fate) => {
    const { storage, node } = fate.backup;
    const place = places.find((one) => one.storage === storage && (one.shared || one.node === node));
    const through = place?.node ?? fate.guest.node;
    const verdict = verdictOf(fate.guest);
    return { ...fate, through, spares: spared(fate), verdict, because: reasonOf(fate, verdict) };
  });
}

const about = ({ guest: { id, name, node } }: Fate) => ({ vm: { id, name, node }, action: ACTION.name });

function removal(fate: Placed): Task {
  const { backup, guest, because, through, spares, verdict } = fate;
  const { volid, storage } = backup;
  const detail = { volid, storage, node: through, gone: false, spares };
  return { guest, verdict, item: { ...about(fate), willRun: true, because, code: null, detail } };
}

/** One item for all that stay of a guest for the same reason: whoever asked is told, and so is the audit log. */
function held([first]: readonly Fate[]): Task[] {
  if (!first?.hold) return [];
  return [{ guest: first.guest, item: { ...about(first), willRun: false, ...first.hold, detail: {} } }];
}

/** What is to be done with these backups: one item for each that goes, and one for each guest and reason that holds some back. */
export function toTasks(fates: readonly Placed[]): Task[] {
  const holds = Map.groupBy(
    fates.filter(({ hold }) => hold),
    ({ guest, hold }) => `${guest.id} ${hold?.because ?? ""}`,
  );
  return [...fates.filter(({ keep }) => !keep).map(removal), ...[...holds.values()].flatMap(held)];
}
