import { diceOf, type Dice } from "./lib/dice.ts";
import { withDice } from "./lib/randomness.ts";
import { act, amend } from "./world-acts.ts";
import { check } from "./world-check.ts";
import { spoilDeliveries } from "./world-deliveries.ts";
import { spoilRequests } from "./world-faults.ts";
import { hazardsOf, type Hazard, type Hazards } from "./world-hazards.ts";
import { freezes } from "./world-freeze.ts";
import { jobs } from "./world-jobs.ts";
import { retagging } from "./world-retagging.ts";
import { restores } from "./world-restores.ts";
import type { Plant } from "./world-plants.ts";
import { stage, type Stage, type Told } from "./world-stage.ts";
import { trouble, type Mend } from "./world-troubles.ts";

const MINUTE = 60_000;
/** Longer than any operation of these worlds may live. */
const LONGEST_MS = 30 * 3_600_000;

/** What came of one world. */
export interface Outcome {
  readonly seed: number;
  readonly hazards: readonly Hazard[];
  readonly faults: number;
  readonly items: number;
  readonly requests: number;
  /** How many items ended in which way, and when the last one did. */
  readonly ends: string;
  readonly violation: string | undefined;
  readonly story: readonly Told[];
}

/** Something that happens at a time, in milliseconds after the begin. */
interface Event {
  readonly at: number;
  readonly happen: () => Promise<void>;
}

const none = (): Event[] => [];

/** What the hazards of a world bring. */
function hardships(world: Stage, length: number, mends: Mend[]): Event[] {
  const makers = {
    freezing: freezes,
    firing: jobs,
    restoring: restores,
    retagging,
    skew: none,
    throttling: none,
  };
  return [...world.hazards].flatMap((hazard) => makers[hazard](world, length, mends));
}

/** Operations, faults and troubles over the first minutes of a world; everything is mended at the end of them. */
function events(world: Stage, dice: Dice, operations: string[]): Event[] {
  const minutes = dice.one([2, 5, 10, 25]);
  const some = (low: number, high: number, happen: (dice: Dice, index: number) => Promise<void>) =>
    Array.from({ length: dice.between(low, high) }, (_, index): Event => {
      const own = dice.apart();
      const at = dice.chance(0.5) ? dice.between(0, 20_000) : dice.between(0, minutes * MINUTE);
      return { at, happen: () => happen(own, index) };
    });
  const mends: Mend[] = [];
  const end = async () => {
    world.simulator.faults.clear();
    for (const mend of mends) mend();
    world.mend();
    world.tell("all is well from now on");
  };
  return [
    ...some(1, 4, async (own, index) => {
      const id = await act(world, own, index);
      if (id !== undefined) operations.push(id);
    }),
    ...some(0, 2, async (own) => {
      const id = operations.length > 0 ? await amend(world, own, own.one(operations)) : undefined;
      if (id !== undefined) operations.push(id);
    }),
    ...some(0, 6, async (own) => spoilRequests(world, own)),
    ...some(0, 4, async (own) => {
      const mend = trouble(world, own);
      if (!mend) return;
      mends.push(mend);
      if (own.chance(0.7)) void world.clock.sleep(own.between(5, 600) * 1000).then(mend);
    }),
    ...hardships(world, minutes * MINUTE, mends),
    { at: minutes * MINUTE, happen: end },
  ].toSorted((a, b) => a.at - b.at);
}

/** Lets time pass, with the timers every five minutes. */
async function pass(world: Stage, until: number): Promise<void> {
  for (;;) {
    const now = world.clock.now().getTime();
    const next = now - (now % (5 * MINUTE)) + 5 * MINUTE;
    await world.run(Math.max(0, Math.min(until, next) - now));
    if (next <= until) await world.tick();
    if (next >= until) return;
  }
}

const openOnes = ({ store }: Stage) =>
  store.dump().filter(({ row }) => row.sk === "operation" && row["state"] === "open");

async function live(world: Stage, dice: Dice): Promise<void> {
  spoilDeliveries(world, dice);
  const operations: string[] = [];
  for (const event of events(world, dice, operations)) {
    await pass(world, world.begun + event.at);
    await event.happen();
  }
  const isBusy = () => openOnes(world).length > 0 || world.underway.count > 0;
  const goesOn = () => isBusy() && world.clock.now().getTime() - world.begun < LONGEST_MS;
  do {
    while (goesOn()) await pass(world, world.clock.now().getTime() + 5 * MINUTE);
    // What was left behind is repaired by the next rounds, which may begin something themselves.
    await pass(world, world.clock.now().getTime() + 16 * MINUTE);
  } while (goesOn());
}

async function outcomeOf(seed: number, hazards: Hazards, plant?: Plant): Promise<Outcome> {
  const dice = diceOf(seed);
  const world = await stage(dice, seed, hazards, plant);
  let violation: string | undefined;
  try {
    await live(world, dice);
    await check(world);
  } catch (error) {
    violation = error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error);
  }
  const { story } = world;
  const items = world.store.dump().filter(({ row }) => row.sk.startsWith("item#"));
  const { requests } = world.simulator.counters().total;
  const ends = items.map(({ row }) => `${String(row["state"])} ${String(row["finishedAt"])}`).join(", ");
  return {
    seed,
    hazards: [...hazards],
    faults: story.length,
    items: items.length,
    requests,
    ends,
    violation,
    story,
  };
}

/** The world of a seed: always the same. It has the hazards that its seed brings, or those that are named. */
export const runWorld = (seed: number, hazards: Hazards = hazardsOf(seed), plant?: Plant): Promise<Outcome> =>
  withDice(diceOf(seed ^ 0x5eed), () => outcomeOf(seed, hazards, plant));
