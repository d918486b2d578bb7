import * as z from "zod";

/** What is known of how long the tasks of one kind take on a node: running mean and variance, in seconds. */
export const Learnt = z.object({ n: z.number(), mean: z.number(), variance: z.number() });
export type Learnt = z.infer<typeof Learnt>;

/** Newer tasks count for more: the weight of the newest never falls below this. */
const LEAST_WEIGHT = 0.02;
/** Proxmox tells begin and end in whole seconds, which adds so much variance to a difference. */
const ROUNDING = 1 / 6;
const SHORTEST = 0.25;

const round = (value: number) => Math.round(value * 1000) / 1000;

/** Takes one more duration in. Pure. */
export function learn(before: Learnt | undefined, seconds: number): Learnt {
  if (!before) return { n: 1, mean: seconds, variance: 0 };
  const n = before.n + 1;
  const weight = Math.max(1 / n, LEAST_WEIGHT);
  const off = seconds - before.mean;
  return {
    n: Math.min(n, 1000),
    mean: round(before.mean + weight * off),
    variance: round((1 - weight) * (before.variance + weight * off * off)),
  };
}

/** A lognormal distribution of seconds. */
export interface Durations {
  readonly mu: number;
  readonly sigma: number;
}

/** What to expect before anything was seen: median in seconds. They are only where the learning starts. */
const MEDIANS: Readonly<Record<string, number>> = {
  "vm.start": 4,
  "vm.stop": 3,
  "snapshot.create": 3,
  "snapshot.delete": 4,
  "vm.clone": 12,
  "backup.create": 300,
};
const MEDIAN = 10;
const SIGMA = 0.8;
/** With fewer seen, the expectation from before still counts. */
const ENOUGH = 8;

/** How long a task of this kind takes, by what was learnt and by what was expected before. Pure. */
export function durationsOf(action: string, learnt: Learnt | undefined): Durations {
  const prior = { mu: Math.log(MEDIANS[action] ?? MEDIAN), sigma: SIGMA };
  if (!learnt) return prior;
  const mean = Math.max(SHORTEST, learnt.mean);
  const spread = Math.log(1 + Math.max(0, learnt.variance - ROUNDING) / mean ** 2);
  const trust = Math.min(1, learnt.n / ENOUGH);
  const sigma = Math.max(0.15, Math.sqrt(spread));
  return {
    mu: trust * (Math.log(mean) - spread / 2) + (1 - trust) * prior.mu,
    sigma: trust * sigma + (1 - trust) * prior.sigma,
  };
}

/** The error function, to 1.5e-7 (Abramowitz and Stegun 7.1.26). */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const sum = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}

/** The probability that a task which still ran at `age` seconds has ended by `later` seconds. */
export function endedBy({ mu, sigma }: Durations, age: number, later: number): number {
  const at = (seconds: number) =>
    seconds <= 0 ? 0 : (1 + erf((Math.log(seconds) - mu) / sigma / Math.SQRT2)) / 2;
  const alive = 1 - at(age);
  // So far beyond all expectation the formula tells nothing: as likely to end in the next `age` seconds as not.
  if (alive < 1e-6) return 1 - 0.5 ** ((later - age) / Math.max(age, 1));
  return Math.min(1, Math.max(0, (at(later) - at(age)) / alive));
}
