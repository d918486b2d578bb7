/** Draws that are the same for the same seed. */
export interface Dice {
  /** In [0, 1). */
  roll(): number;
  chance(probability: number): boolean;
  /** A whole number from `low` to `high`, both among them. */
  between(low: number, high: number): number;
  one<T>(values: readonly T[]): T;
  /** So many of these, in a new order. */
  some<T>(values: readonly T[], count: number): T[];
  /** Dice of one's own, which the draws of others do not disturb. */
  apart(): Dice;
}

/** Dice for a seed. */
export function diceOf(seed: number): Dice {
  let state = Math.imul(seed + 1, 0x9e3779b9);
  const roll = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number) => low + Math.floor(roll() * (high - low + 1));
  const one = <T>(values: readonly T[]): T => {
    const value = values[between(0, values.length - 1)];
    if (value === undefined) throw new Error("nothing to draw from");
    return value;
  };
  return {
    roll,
    chance: (probability) => roll() < probability,
    between,
    one,
    some: (values, count) =>
      values
        .map((value) => ({ value, order: roll() }))
        .toSorted((a, b) => a.order - b.order)
        .slice(0, count)
        .map(({ value }) => value),
    apart: () => diceOf(between(0, 2 ** 31)),
  };
}
