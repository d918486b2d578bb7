import { LostRace } from "../core/db/index.ts";
import type { Deed } from "../test/kit/breaking.ts";
import type { Dice } from "./lib/dice.ts";
import type { Stage } from "./world-stage.ts";

const nth = (number: number, fits: (deed: Deed) => boolean = () => true) => {
  let seen = 0;
  return (deed: Deed) => fits(deed) && ++seen === number;
};

/** An update whose condition the SDK's own repeat of it does not meet any more. */
const repeated = (deed: Deed) =>
  deed.port === "write" &&
  deed.changes.length === 1 &&
  deed.changes.some((change) => "update" in change && change.when?.equals !== undefined);

const THROTTLED = () => new Error("ProvisionedThroughputExceededException");

/** Workers that die or stand still at some call, tables that throttle, answers of writes that get lost. */
function spoilCalls({ front, back, tell }: Stage, dice: Dice): void {
  const deaths = dice.between(0, 5);
  for (let death = 0; death < deaths; death++) {
    const when = dice.one(["before", "after"] as const);
    const error = dice.chance(0.4) ? ("hangs" as const) : new Error("killed");
    back.on(nth(dice.between(1, 150)), when, { error });
  }
  const throttled = dice.chance(0.4) ? dice.between(1, 12) : 0;
  const writes = (deed: Deed) => deed.port === "write" && dice.chance(0.2);
  back.on(writes, "before", { times: throttled, error: THROTTLED() });
  const lost = dice.chance(0.4) ? dice.between(1, 4) : 0;
  back.on((deed) => repeated(deed) && dice.chance(0.1), "after", {
    times: lost,
    error: new LostRace(0, undefined),
  });
  const unheard = dice.chance(0.3) ? dice.between(1, 4) : 0;
  back.on(writes, "after", { times: unheard, error: new Error("socket hang up") });
  if (dice.chance(0.3)) front.on(nth(dice.between(1, 12)), dice.one(["before", "after"] as const), {});
  tell(`${deaths} deaths, ${throttled} throttled, ${lost} + ${unheard} writes unheard`);
}

/** Messages that come twice, late, in another order, or never. */
function spoilMessages({ back, tell }: Stage, dice: Dice): void {
  const [twice, late, never] = [dice.one([0, 0.1, 0.3, 1]), dice.one([0, 0, 0.2]), dice.one([0, 0, 0.03])];
  back.reroute((queue, message) => {
    // Of a firing that waits there is nothing but its message, which SQS keeps.
    const copies =
      dice.chance(never) && queue !== "Fire" ? [] : dice.chance(twice) ? [message, message] : [message];
    return copies.map((copy, index) => {
      const extra = (index > 0 ? dice.between(0, 40) : 0) + (dice.chance(late) ? dice.between(1, 20) : 0);
      return { ...copy, delaySeconds: Math.min(900, (copy.delaySeconds ?? 0) + extra) };
    });
  });
  tell(`messages: ${twice} twice, ${late} late, ${never} lost`);
}

/** Lets go wrong what happens between the parts of Moxxie itself. */
export function spoilDeliveries(stage: Stage, dice: Dice): void {
  if (dice.chance(0.75)) spoilCalls(stage, dice.apart());
  if (dice.chance(0.6)) spoilMessages(stage, dice.apart());
}
