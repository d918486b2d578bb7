import type { Kind } from "./transport.ts";

/**
 * How many calls of a kind may run on one node at once. Three agent calls that hang, or three scans of a
 * storage, take all of its workers, and everything else on the node waits for them.
 */
const WIDTH: Readonly<Partial<Record<Kind, number>>> = { agent: 1, scan: 2, upload: 1 };

/** Runs the work of a lane in the order in which it came, as many at once as its kind allows. */
export function gate() {
  const running = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  const leave = (lane: string) => {
    const next = waiting.get(lane)?.shift();
    if (next) next();
    else running.set(lane, (running.get(lane) ?? 1) - 1);
  };
  return async <T>(lane: string, kind: Kind | undefined, work: () => Promise<T>): Promise<T> => {
    const width = kind && WIDTH[kind];
    if (width === undefined) return work();
    const busy = running.get(lane) ?? 0;
    if (busy < width) running.set(lane, busy + 1);
    else
      await new Promise<void>((resolve) => {
        waiting.set(lane, [...(waiting.get(lane) ?? []), resolve]);
      });
    return work().finally(() => leave(lane));
  };
}
