import type { Volume } from "./state.ts";

/** What becomes of a backup. */
export type Mark = "keep" | "remove" | "protected";
type Keep = Readonly<Record<string, string>>;

const day = (at: Date) => at.toISOString().slice(0, 10);

/** The ISO week, as a year and a number. */
function week(at: Date): string {
  const thursday = new Date(at.getTime() + (3 - ((at.getUTCDay() + 6) % 7)) * 86_400_000);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return `${thursday.getUTCFullYear()}-${Math.floor((thursday.getTime() - first) / 604_800_000)}`;
}

/** Which span of time a backup stands for. */
const SPANS: readonly (readonly [string, (at: Date) => string])[] = [
  ["keep-hourly", (at) => at.toISOString().slice(0, 13)],
  ["keep-daily", day],
  ["keep-weekly", week],
  ["keep-monthly", (at) => at.toISOString().slice(0, 7)],
  ["keep-yearly", (at) => at.toISOString().slice(0, 4)],
];

interface Entry {
  readonly volume: Volume;
  mark?: Mark;
}

/** Keeps the newest backup of each of the latest spans that nothing was kept of yet. */
function keepSpans(entries: readonly Entry[], count: number, spanOf: (at: Date) => string): void {
  const at = ({ volume }: Entry) => spanOf(new Date(volume.ctime * 1000));
  const included = new Set(entries.filter(({ mark }) => mark === "keep").map(at));
  const fresh = new Set<string>();
  for (const entry of entries.filter(({ mark }) => mark === undefined)) {
    const span = at(entry);
    if (included.has(span) || (!fresh.has(span) && fresh.size >= count)) continue;
    entry.mark = fresh.has(span) ? "remove" : "keep";
    fresh.add(span);
  }
}

/** Decides about the backups of one guest, as Proxmox does: protected ones stay and do not count. */
export function pruneMarks(backups: readonly Volume[], keep: Keep): ReadonlyMap<string, Mark> {
  const newest = backups.toSorted((a, b) => b.ctime - a.ctime);
  const entries = newest.map((volume): Entry =>
    volume.protected ? { volume, mark: "protected" } : { volume },
  );
  const all = keep["keep-all"] === "1" || Object.values(keep).every((count) => Number(count) === 0);
  const open = entries.filter(({ mark }) => mark === undefined);
  for (const entry of open.slice(0, all ? open.length : Number(keep["keep-last"] ?? 0))) entry.mark = "keep";
  for (const [name, spanOf] of SPANS) {
    const count = Number(keep[name] ?? 0);
    if (count > 0) keepSpans(entries, count, spanOf);
  }
  return new Map(entries.map(({ volume, mark = "remove" }) => [volume.volid, mark]));
}

/** `keep-last=3,keep-daily=7` taken apart. */
export const keepOf = (text: string): Keep =>
  Object.fromEntries(
    text
      .split(",")
      .filter(Boolean)
      .map((part): [string, string] => [part.split("=")[0] ?? "", part.slice(part.indexOf("=") + 1)]),
  );
