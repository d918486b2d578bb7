import type { Clock } from "../../core/lib/clock.ts";
import { createHeap } from "../../local/aws/heap.ts";

interface Sleeper {
  readonly due: number;
  readonly order: number;
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
  /** When the next sleeper wakes, in milliseconds of the epoch; undefined when nobody sleeps. */
  nextDue(): number | undefined;
}

/** Lets every promise chain that can go on without time passing run dry. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

const HOUR = 3_600_000;

/** A virtual clock that stands at `start` until it is moved. */
export function virtualClock(start = new Date("2026-11-23T12:00:00Z")): VirtualClock {
  let now = start.getTime();
  let order = 0;
  const sleepers = createHeap<Sleeper>((a, b) => a.due < b.due || (a.due === b.due && a.order < b.order));

  const wakeNext = async () => {
    const sleeper = sleepers.pop();
    if (!sleeper) return;
    now = Math.max(now, sleeper.due);
    sleeper.wake();
    await settle();
  };

  return {
    now: () => new Date(now),
    nextDue: () => sleepers.peek()?.due,
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        order += 1;
        sleepers.push({ due: now + Math.max(0, milliseconds), order, wake: resolve });
      }),
    async advance(milliseconds) {
      const end = now + milliseconds;
      await settle();
      while ((sleepers.peek()?.due ?? Infinity) <= end) await wakeNext();
      now = end;
    },
    async step() {
      await settle();
      const any = sleepers.peek() !== undefined;
      await wakeNext();
      return any;
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
