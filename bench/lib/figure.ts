/** One measured figure beside its goal. */
export interface Figure {
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: string;
  readonly ok: boolean;
}

/** Prints a line. */
export const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Prints figures as one JSON line each; a goal that is missed makes the process fail. */
export function report(figures: readonly Figure[]): void {
  for (const { id, value, unit, goal, ok } of figures) say(JSON.stringify({ id, value, unit, goal, ok }));
  if (figures.some(({ ok }) => !ok)) process.exitCode = 1;
}
