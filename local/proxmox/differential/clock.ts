import type { Clock } from "../../../core/lib/clock.ts";

/** A clock that jumps to whatever comes next, so that hours pass in seconds. */
export interface HurriedClock extends Clock {
  /** Lets time pass until the promise settles. */
  until<T>(promise: Promise<T>): Promise<T>;
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** More sleepers than any one call could need. */
const PATIENCE = 100_000;

export function hurriedClock(start: Date): HurriedClock {
  let now = start.getTime();
  const sleepers: { readonly due: number; readonly wake: () => void }[] = [];

  const step = async () => {
    await settled();
    const [next] = sleepers.toSorted((a, b) => a.due - b.due);
    if (!next) return;
    sleepers.splice(sleepers.indexOf(next), 1);
    now = Math.max(now, next.due);
    next.wake();
    await settled();
  };
  return {
    now: () => new Date(now),
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        sleepers.push({ due: now + Math.max(0, milliseconds), wake: resolve });
      }),
    async until(promise) {
      const state = { pending: true };
      const over = () => {
        state.pending = false;
      };
      promise.then(over, over);
      await settled();
      for (let steps = 0; state.pending && steps < PATIENCE; steps++) await step();
      if (state.pending) throw new Error("the call never ends");
      return promise;
    },
  };
}
