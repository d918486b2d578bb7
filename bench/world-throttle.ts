import type { Store } from "../core/db/index.ts";
import type { Clock } from "../core/lib/clock.ts";
import type { Dice } from "./lib/dice.ts";

/** So often the SDK asks before its caller hears of it. */
const ATTEMPTS = 3;

/** A store of which the table refuses each call by chance. `share` is asked before each. */
export function throttled(store: Store, clock: Clock, dice: Dice, share: () => number): Store {
  const meet = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; dice.chance(share()); attempt++) {
      if (attempt === ATTEMPTS) throw new Error("ProvisionedThroughputExceededException");
      await clock.sleep(dice.between(1, 100 * 2 ** attempt));
    }
    return call();
  };
  return {
    get: (table, key, how) => meet(() => store.get(table, key, how)),
    getMany: (table, keys, how) => meet(() => store.getMany(table, keys, how)),
    query: (query) => meet(() => store.query(query)),
    write: (changes) => meet(() => store.write(changes)),
  };
}
