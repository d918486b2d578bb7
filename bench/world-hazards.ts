import { diceOf } from "./lib/dice.ts";

/** What makes a world harder than one in which the cluster, the workers and the messages fail. */
export const HAZARDS = ["skew", "freezing", "throttling", "firing", "restoring", "retagging"] as const;
export type Hazard = (typeof HAZARDS)[number];

/** Those of one world. Each has dice of its own, so that a world without it stays as it was. */
export type Hazards = ReadonlySet<Hazard>;

/** How a seed is changed for dice of its own, by what they are for. */
const SALTS = {
  which: 0x4a2a,
  skew: 0x5c3b,
  freezing: 0x6d4c,
  throttling: 0x7e5d,
  firing: 0x8f6e,
  restoring: 0x9a7f,
  retagging: 0xab8e,
} as const;

/** The dice of a hazard in the world of a seed. */
export const diceFor = (seed: number, what: keyof typeof SALTS) => diceOf((seed ^ SALTS[what]) + 1_000_000);

/** The hazards of a seed's world. */
export function hazardsOf(seed: number): Hazards {
  const dice = diceFor(seed, "which");
  return new Set(HAZARDS.filter(() => dice.chance(0.35)));
}
