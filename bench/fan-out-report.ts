import type { Figure } from "./lib/figure.ts";
import type { Run } from "./fan-out-run.ts";

const round = (value: number, digits = 2) => Number(value.toFixed(digits));

/** A figure that may be at most so much. */
export const atMost = (id: string, value: number, most: number, unit: string): Figure => ({
  id,
  value: round(value),
  unit,
  goal: `<= ${most}`,
  ok: value <= most,
});

/** A figure that has to be at least so much. */
export const atLeast = (id: string, value: number, least: number, unit: string): Figure => ({
  id,
  value: round(value),
  unit,
  goal: `>= ${least}`,
  ok: value >= least,
});

/** A value below which so large a share of them lies. */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const per = (count: number, { guests }: Run) => count / guests;
const all = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((sum, one) => sum + one, 0);

/** What every run has to keep, at any pace: caps, costs on AWS, and how soon an end is known. */
export function everyRun(run: Run, pace: string): Figure[] {
  const unit = (text: string) => `${text}, pace ${pace}`;
  return [
    atMost("P5", run.mostTasks, 4, unit("tasks at once on one node")),
    atMost("P5", run.mostCalls, 4, unit("changing requests at once to one node")),
    atMost("P11", per(run.units.write, run), 12, unit("DynamoDB write units per guest")),
    atMost("P11", per(run.units.read, run), 6, unit("DynamoDB read units per guest")),
    atMost("P12", per(all(run.messages), run), 1.2, unit("SQS messages per guest")),
    atMost("P13", quantile(run.lags, 0.95), 6, unit("s from the end of a task to that of its item, p95")),
  ];
}

/** A table in columns. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A number in so many digits after the point. */
export const shown = (value: number, digits = 2) => value.toFixed(digits);
