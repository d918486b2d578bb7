/** Numbers of items that a reader was told of, as runs [from, to) in order, none touching the next. */
export type Told = readonly Run[];
export type Run = readonly [from: number, to: number];

/** How many they are. */
export const countOf = (told: Told) => told.reduce((sum, [from, to]) => sum + to - from, 0);

/** The same with more of them. */
export function withMore(told: Told, numbers: readonly number[]): Told {
  const all = [...told, ...numbers.map((n): Run => [n, n + 1])].toSorted(([a], [b]) => a - b);
  const runs: Run[] = [];
  for (const [from, to] of all) {
    const last = runs.at(-1);
    if (last && from <= last[1]) runs[runs.length - 1] = [last[0], Math.max(last[1], to)];
    else runs.push([from, to]);
  }
  return runs;
}

/** The runs between them, below `total`. */
export function gapsOf(told: Told, total: number): Run[] {
  const starts = [0, ...told.map(([, to]) => to)];
  const ends = [...told.map(([from]) => from), total];
  return starts.flatMap((from, index): Run[] => {
    const to = Math.min(total, ends[index] ?? total);
    return from < to ? [[from, to]] : [];
  });
}

/** A header holds only so much; who is told of less than was told hears of some items twice. */
const MOST_RUNS = 250;

/** `0-56,60` */
export const write = (told: Told) =>
  told
    .slice(0, MOST_RUNS)
    .map(([from, to]) => (to === from + 1 ? `${from}` : `${from}-${to - 1}`))
    .join(",");

/** Reads what `write` wrote; undefined for anything else. */
export function read(text: string): Told | undefined {
  if (text === "") return [];
  if (!/^\d{1,6}(-\d{1,6})?(,\d{1,6}(-\d{1,6})?)*$/.test(text)) return undefined;
  const runs = text.split(",").map((run): Run => {
    const [from = 0, last = from] = run.split("-").map(Number);
    return [from, last + 1];
  });
  const ordered = runs.every(([from, to], index) => from < to && from > (runs[index - 1]?.[1] ?? -1));
  return ordered ? runs : undefined;
}
