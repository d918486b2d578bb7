import type { Clock } from "../../core/lib/clock.ts";

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** A clock that moves only when a test says so. Sleepers wake in the order in which they are due. */
export interface VirtualClock extends Clock {
  /** Moves time on by `milliseconds`, waking every sleeper on the way and letting its work run dry. */
  advance(milliseconds: number): Promise<void>;
  /** Moves time to the next sleeper and wakes it; false when nobody sleeps. */
  step(): Promise<boolean>;
  /** Moves time on, as far as `limit` milliseconds, until the promise settles. */
  until<T>(promise: Promise<T>, limit?: number): Promise<T>;
}

/** Lets every promise chain that can go on without time passing run dry. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

const HOUR = 3_600_000;

/** A virtual clock that stands at `start` until it is moved. */
export function virtualClock(start = new Date("2026-11-23T12:00:00Z")): VirtualClock {
  let now = start.getTime();
  const sleepers: Sleeper[] = [];

  const earliest = () => sleepers.toSorted((a, b) => a.due - b.due)[0];
  const wake = async (sleeper: Sleeper) => {
    sleepers.splice(sleepers.indexOf(sleeper), 1);
    now = Math.max(now, sleeper.due);
    sleeper.wake();
    await settle();
  };

  return {
    now: () => new Date(now),
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        sleepers.push({ due: now + Math.max(0, milliseconds), wake: resolve });
      }),
    async advance(milliseconds) {
      const end = now + milliseconds;
      await settle();
      for (let next = earliest(); next && next.due <= end; next = earliest()) await wake(next);
      now = end;
    },
    async step() {
      await settle();
      const next = earliest();
      if (next) await wake(next);
      return next !== undefined;
    },
    async until(promise, limit = HOUR) {
      const end = now + limit;
      const state = { pending: true };
      void promise.finally(() => (state.pending = false)).catch(() => undefined);
      await settle();
      for (;;) {
        if (!state.pending) return promise;
        if (now >= end || !(await this.step()))
          throw new Error(`still pending after ${limit} ms of virtual time`);
      }
    },
  };
}
