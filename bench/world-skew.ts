import type { World } from "../core/context.ts";
import type { Dice } from "./lib/dice.ts";

/** The clock of a function is wrong by so much at most. */
const OFF_MS = 120_000;

/** By how much two functions' clocks differ at most. */
export const SKEW_MS = 2 * OFF_MS;

/** A world whose clock is wrong by as much as the dice say, for as long as its process lives. */
export function skewed(world: World, dice: Dice): World {
  const off = dice.between(-OFF_MS, OFF_MS);
  const { clock } = world;
  return { ...world, clock: { ...clock, now: () => new Date(clock.now().getTime() + off) } };
}
