import type { World } from "../../core/context.ts";

/** Never settles: what waits for it is gone with its process. */
const nothing = () => new Promise<never>(() => undefined);

/** A world for a process that may be killed: from then on none of its calls is made, and none comes back. */
export function mortal(world: World) {
  const life = { over: false };
  const guard =
    <In extends readonly unknown[], Out>(call: (...given: In) => Promise<Out>) =>
    async (...given: In): Promise<Out> => {
      if (life.over) return nothing();
      const settled = await call(...given).then(
        (value) => () => value,
        (error: unknown) => () => {
          throw error;
        },
      );
      return life.over ? nothing() : settled();
    };
  const { store, queue, clock, dial } = world;
  const guarded: World = {
    ...world,
    store: {
      get: guard((...given) => store.get(...given)),
      getMany: guard((...given) => store.getMany(...given)),
      query: guard((...given) => store.query(...given)),
      write: guard((...given) => store.write(...given)),
    },
    queue: { ...queue, send: guard((...given) => queue.send(...given)) },
    clock: { now: () => clock.now(), sleep: guard((milliseconds: number) => clock.sleep(milliseconds)) },
    dial: (target) => guard(dial(target)),
  };
  return { world: guarded, kill: () => void (life.over = true) };
}
