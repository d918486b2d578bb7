import { isFutureDated } from "../lib/clock.ts";
import type { Keep } from "./keep.ts";
import { SPANS, spansIn, type Span } from "./span.ts";

/** What may be kept or removed: a backup or a snapshot of one guest. */
export interface Kept {
  readonly id: string;
  readonly at: Date;
  /** Why it stays whatever is asked, such as a pin or Proxmox's protection; it does not count then. */
  readonly held?: string | undefined;
  /** False when it is known to be worth nothing, such as one whose verification failed. */
  readonly good?: boolean;
  /** The one that was just made: it counts as the newest whatever its date says, so that it always stays. */
  readonly made?: boolean;
}

/** What becomes of one of them, and by which rule. */
export interface Mark {
  readonly id: string;
  readonly at: Date;
  readonly keep: boolean;
  readonly because: string;
}

interface Entry {
  readonly item: Kept;
  readonly spans: Readonly<Record<Span, string>>;
  mark?: { readonly keep: boolean; readonly because: string };
}

const NEWEST_FIRST = (a: Kept, b: Kept) =>
  Number(b.made ?? false) - Number(a.made ?? false) ||
  b.at.getTime() - a.at.getTime() ||
  (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

/** Keeps the newest of each of the latest spans of which nothing is kept yet; the others of those spans go. */
function keepSpans(entries: readonly Entry[], span: Span, count: number): void {
  const covered = new Set(entries.filter(({ mark }) => mark?.keep).map(({ spans }) => spans[span]));
  const fresh = new Set<string>();
  for (const entry of entries) {
    const name = entry.spans[span];
    if (entry.mark || covered.has(name)) continue;
    if (fresh.has(name)) {
      entry.mark = { keep: false, because: `keep-${span} has a newer one of ${name}` };
      continue;
    }
    if (fresh.size >= count) return;
    fresh.add(name);
    entry.mark = { keep: true, because: `keep-${span} ${name}` };
  }
}

/** Nobody is left without a single backup that is worth something, whatever was asked for. */
function saveLastGood(entries: readonly Entry[], held: readonly Kept[]): void {
  const good = ({ good: worth = true }: Kept) => worth;
  if (held.some(good) || entries.some(({ item, mark }) => mark?.keep && good(item))) return;
  const newest = entries.find(({ item }) => good(item));
  if (newest) newest.mark = { keep: true, because: "it is the last good one" };
}

/** Something that is dated in the future stays: how old it is, and which is newer, nobody can tell. Held or not, it is no good one. */
function withFuture(item: Kept, now: Date | undefined): Kept {
  if (item.made || !now || !isFutureDated(item.at, now)) return item;
  const dated = `it is dated in the future, ${item.at.toISOString()}, so that its age is unknown`;
  return { ...item, held: item.held ?? dated, good: false };
}

/**
 * Says of each what a prune would do with it and why, the newest first, as Proxmox and Proxmox Backup Server decide:
 * options in order, each only for spans that nothing was kept of yet, by the wall clock of `timezone`. Without
 * `now` no date is in the future. Pure.
 */
export function retain(items: readonly Kept[], keep: Keep, timezone = "UTC", now?: Date): Mark[] {
  const spansOf = spansIn(timezone);
  const sorted = items.map((item) => withFuture(item, now)).toSorted(NEWEST_FIRST);
  const held = sorted.filter((item) => item.held !== undefined);
  const entries = sorted
    .filter((item) => item.held === undefined)
    .map((item): Entry => ({ item, spans: spansOf(item.at) }));
  const last = keep.last ?? 0;
  for (const [index, entry] of entries.slice(0, last).entries())
    entry.mark = { keep: true, because: `keep-last ${index + 1} of ${last}` };
  for (const span of SPANS) keepSpans(entries, span, keep[span] ?? 0);
  saveLastGood(entries, held);
  const marks = new Map(entries.map(({ item, mark }) => [item, mark]));
  return sorted.map((item) => {
    const { id, at } = item;
    const mark = marks.get(item) ?? { keep: false, because: "no option keeps it" };
    return { id, at, ...(item.held === undefined ? mark : { keep: true, because: item.held }) };
  });
}
