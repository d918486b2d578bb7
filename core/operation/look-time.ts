import type { Patience } from "../context.ts";
import { durationsOf, endedBy, type Learnt } from "./learnt.ts";

/** A task that runs, or is about to: since when, in milliseconds of the epoch, and what it does. */
export interface Underway {
  readonly start: number;
  readonly action: string;
}

/** Of so few tasks of a kind too little is known to wait for what they took. */
const FEW = 3;
/** The first look at what nothing is known of comes so soon, and each later one after a half of the age it has then. */
const FIRST_SECONDS = 2;
const GROWTH = 0.5;
const LEAST_SECONDS = 1;

/**
 * Seconds until the next look at tasks of which little or nothing is known, however long such tasks are said to take:
 * most are short, and a long one is looked at less and less often. Infinity where all are known. Pure.
 */
export function firstLook(
  now: number,
  tasks: readonly Underway[],
  learnt: Readonly<Record<string, Learnt>>,
): number {
  const unknown = tasks.filter(({ action }) => (learnt[action]?.n ?? 0) < FEW);
  const waits = unknown.map(({ start }) => {
    const age = (now - start) / 1000;
    return age < FIRST_SECONDS ? FIRST_SECONDS - age : Math.max(LEAST_SECONDS, age * GROWTH);
  });
  return Math.min(Infinity, ...waits);
}

const STEP = 0.1;
const MOST_SECONDS = 60;

/**
 * Seconds until the next look is worth its request: when the slots of tasks that have probably ended, unseen, add up to
 * `idleSeconds`. A fixed tick looks too early after a start and too late when several are due. Pure.
 */
export function nextLook(
  now: number,
  tasks: readonly Underway[],
  learnt: Readonly<Record<string, Learnt>>,
  patience: Patience,
): number {
  const shapes = tasks.map((task) => ({
    age: (now - task.start) / 1000,
    durations: durationsOf(task.action, learnt[task.action]),
  }));
  let idle = 0;
  let step = STEP;
  for (let seconds = STEP; seconds < MOST_SECONDS; seconds += step) {
    const ended = shapes.reduce((sum, { age, durations }) => {
      const from = Math.max(0, age);
      return sum + (age + seconds <= 0 ? 0 : endedBy(durations, from, age + seconds));
    }, 0);
    idle += ended * step;
    if (idle >= patience.idleSeconds && seconds >= patience.leastSeconds) return seconds;
    // Far away, a tenth of a second matters no more.
    step = Math.max(STEP, seconds / 20);
  }
  return MOST_SECONDS;
}
