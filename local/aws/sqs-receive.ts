import type { Clock } from "../../core/lib/clock.ts";
import type { Received } from "./queue-receive.ts";
import type { Queues } from "./queues.ts";

interface Poll {
  readonly name: string;
  readonly max: number;
  readonly visibilitySeconds: number | undefined;
  readonly waitSeconds: number;
  readonly gone: AbortSignal;
}

/** Slices of a long wait: a sleep of a Clock cannot be called off, so none should outlive a stop for long. */
const SLICE = 1000;

/** Receives at once, or waits for a message as long as the caller asked and is still there. */
export async function poll(queues: Queues, clock: Clock, request: Poll): Promise<Received[]> {
  const { name, max, visibilitySeconds, waitSeconds, gone } = request;
  const end = clock.now().getTime() + waitSeconds * 1000;
  for (;;) {
    if (gone.aborted || !queues.get(name)) return [];
    const messages = queues.receive(name, max, visibilitySeconds);
    const now = clock.now().getTime();
    if (messages.length > 0 || now >= end) return messages;
    const due = queues.nextDue([name]) ?? end;
    const slept = new AbortController();
    const changed = change(queues, name, AbortSignal.any([gone, slept.signal]));
    await Promise.race([changed, clock.sleep(Math.min(due, end, now + SLICE) - now)]);
    slept.abort();
  }
}

/** Resolves when the queue changes or the wait is given up, and listens no longer. */
function change(queues: Queues, name: string, givenUp: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      unwatch();
      givenUp.removeEventListener("abort", done);
      resolve();
    };
    const unwatch = queues.watch((changed) => changed === name && done());
    givenUp.addEventListener("abort", done, { once: true });
  });
}
