import type { Clock } from "../../core/lib/clock.ts";

type Release = () => void;

/** The locks that processes of a node hold on files: first come, first served, and gone when the node dies. */
export interface FileLocks {
  /** Waits this many milliseconds at most; nothing when the time ran out. `held` hears that somebody else has it. */
  acquire(file: string, patience: number, held?: () => void): Promise<Release | undefined>;
  /** The holder and all who wait died. */
  drop(file: string): void;
}

export function fileLocks(clock: Clock): FileLocks {
  const queues = new Map<string, (() => void)[]>();

  const release = (file: string) => {
    const next = queues.get(file)?.shift();
    if (next) next();
    else queues.delete(file);
  };
  const once = (file: string): Release => {
    let held = true;
    return () => {
      if (held) release(file);
      held = false;
    };
  };
  return {
    async acquire(file, patience, held) {
      const queue = queues.get(file);
      if (!queue) {
        queues.set(file, []);
        return once(file);
      }
      held?.();
      const turn = Promise.withResolvers<boolean>();
      const grant = () => turn.resolve(true);
      queue.push(grant);
      const late = clock.sleep(patience).then(() => false);
      if (await Promise.race([turn.promise, late])) return once(file);
      const position = queue.indexOf(grant);
      // Not in the queue any more: the lock was granted in the very moment the patience ended.
      if (position < 0 && queues.get(file) === queue) return once(file);
      queue.splice(position, 1);
      return undefined;
    },
    drop(file) {
      queues.delete(file);
    },
  };
}
