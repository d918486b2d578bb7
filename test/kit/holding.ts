import type { World } from "../../core/context.ts";
import type { Change } from "../../core/db/index.ts";

/** A world in which the first write that `chosen` picks waits until it is let through: a worker that stands still there. */
export function holding(world: World, chosen: (changes: readonly Change[]) => boolean) {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  let held = false;
  const slow: World = {
    ...world,
    store: {
      ...world.store,
      async write(changes) {
        if (!held && chosen(changes)) {
          held = true;
          reached.resolve();
          await gate.promise;
        }
        await world.store.write(changes);
      },
    },
  };
  return { world: slow, reached: reached.promise, letThrough: () => gate.resolve() };
}
