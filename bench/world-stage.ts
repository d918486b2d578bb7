import type { World } from "../core/context.ts";
import * as Expire from "../functions/cron/expire.ts";
import * as Inventory from "../functions/cron/inventory.ts";
import * as Sweep from "../functions/cron/sweep.ts";
import { breaking } from "../test/kit/breaking.ts";
import { caller } from "../test/kit/caller.ts";
import { engine } from "../test/kit/engine.ts";
import { lab, type Lab } from "../test/kit/lab.ts";
import { restrict } from "../test/kit/restrict.ts";
import type { Dice } from "./lib/dice.ts";
import { deliveries } from "./world-jobs.ts";
import { diceFor, type Hazards } from "./world-hazards.ts";
import { skewed } from "./world-skew.ts";
import { throttled } from "./world-throttle.ts";
import type { Plant } from "./world-plants.ts";
import { tagger } from "./world-tags.ts";
import { watch } from "./world-watch.ts";

const NODES = [1, 2, 3, 3, 3, 4, 5];
const GUESTS = [4, 8, 12, 16, 24, 24, 36];
/** So many steps without time going on are a storm. */
const STEPS = 4000;
/** So often a table refuses a call where it throttles. */
const THROTTLED = 0.3;
/** Listings are dear here, and every third time is often enough. */
const SELDOM = 3;

/** What was done to a world and by it, for whoever reads why it failed. */
export interface Told {
  readonly at: number;
  readonly what: string;
}

/** The five-minute timers. One that dies is for the next time. */
function ticker(makeWorld: () => World, clock: Lab["clock"]) {
  const timers = [Sweep, Expire, Inventory];
  let ticks = 0;
  return async () => {
    ticks += 1;
    for (const { timer } of ticks % SELDOM === 1 ? timers : timers.slice(0, 2)) {
      const run = timer((needs, effect) => restrict(makeWorld(), needs, effect));
      await clock.until(run()).catch(() => undefined);
    }
  };
}

/** Lets the workers go on, and sees to it that time does. */
function runner({ run }: ReturnType<typeof engine>, clock: Lab["clock"], look: () => void) {
  return async (milliseconds: number) => {
    let steps = 0;
    let last = 0;
    await run(milliseconds, async () => {
      look();
      const now = clock.now().getTime();
      steps = now === last ? steps + 1 : 0;
      last = now;
      if (steps > STEPS) throw new Error("I9: a storm, time stands still");
      return false;
    });
  };
}

function clusterOf(dice: Dice, seed: number): Parameters<typeof lab>[0] {
  const reads = dice.apart();
  const lag = dice.chance(0.5) ? dice.one([200, 1000, 2000]) : undefined;
  return {
    seed: seed + 1,
    nodes: dice.one(NODES),
    guests: dice.one(GUESTS),
    late: dice.chance(0.3),
    latency: dice.chance(0.3),
    ...(lag === undefined ? {} : { lag, strikes: () => reads.chance(0.5) }),
  };
}

/** How the world of each process comes about, in which a clock may be wrong and the tables throttle. */
function makerOf({ clock }: Lab, seed: number, hazards: Hazards) {
  const [off, refusals] = [diceFor(seed, "skew"), diceFor(seed, "throttling")];
  const share = { now: hazards.has("throttling") ? THROTTLED : 0 };
  const own = (world: World) => (hazards.has("skew") ? skewed(world, off) : world);
  const harsh = (world: World): World =>
    hazards.has("throttling")
      ? { ...world, store: throttled(world.store, clock, refusals, () => share.now) }
      : world;
  return { own, harsh, mend: () => (share.now = 0) };
}

/** A Moxxie with its own cluster, whose parts can be made to fail, and what has happened in it. */
export async function stage(dice: Dice, seed: number, hazards: Hazards, plant?: Plant) {
  const { deliver, ...arrivals } = deliveries(diceFor(seed, "firing").apart());
  const firing = hazards.has("firing") ? { deliver } : {};
  const base = await lab({ ...clusterOf(dice, seed), ...firing });
  const begun = base.clock.now().getTime();
  const { own, harsh, mend } = makerOf(base, seed, hazards);
  const { seen: watched, ...person } = tagger(base, diceFor(seed, "retagging").apart());
  const planted = plant ? plant(base) : base.world;
  const shown = hazards.has("retagging") ? watched(planted) : planted;
  // A caller whose request dies repeats it; a worker may also stand still, until Lambda ends it.
  const [front, back] = [breaking(harsh(shown)), breaking(harsh(shown))];
  const story: Told[] = [];
  const seen = watch(base);
  return {
    ...base,
    ...seen,
    ...arrivals,
    retag: person.retag,
    interruptions: person.interruptions,
    call: (...request: Parameters<Lab["call"]>) =>
      caller(own(front.world), base.clock, base.admin).call(...request),
    front,
    back,
    begun,
    seed,
    story,
    hazards,
    tell: (what: string) => void story.push({ at: base.clock.now().getTime() - begun, what }),
    tick: ticker(() => own(front.world), base.clock),
    run: runner(engine(back.world, base, own), base.clock, () => {
      seen.look();
      if (hazards.has("retagging")) person.look();
    }),
    /** All goes well between the parts of Moxxie from now on, but for its clocks. */
    mend() {
      for (const part of [front, back]) part.mend();
      mend();
    },
  };
}

export type Stage = Awaited<ReturnType<typeof stage>>;
