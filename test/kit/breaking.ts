import type { QueueName } from "../../core/aws/queue.ts";
import type { World } from "../../core/context.ts";
import type { Change } from "../../core/db/index.ts";

/** What a worker does to the world outside, as a test may aim at it. */
export type Deed =
  | { readonly port: "write"; readonly changes: readonly Change[] }
  | { readonly port: "send"; readonly queue: QueueName; readonly bodies: readonly string[] }
  | { readonly port: "request"; readonly method: string; readonly target: string; readonly body: string };

interface Break {
  readonly strikes: (deed: Deed) => boolean;
  readonly when: "before" | "after";
  readonly error: Error;
  left: number;
}

/** A worker that is gone: no part of it knows this error, so nothing after it is done. */
const killed = () => new Error("killed by the test");

/** Whether a deed writes this state to an item. */
export const writesState =
  (state: string) =>
  (deed: Deed): boolean =>
    deed.port === "write" &&
    deed.changes.some((change) => "set" in change && change.set?.["state"] === state && "update" in change);

/** A world whose workers die, or whose parts fail, at the calls that a test chooses. Counts what goes through. */
export function breaking(world: World) {
  const breaks: Break[] = [];
  const deeds: Deed[] = [];
  let repeat = { chosen: () => false, later: () => 0 };
  const strike = (deed: Deed, when: Break["when"]) => {
    const one = breaks.find((each) => each.left > 0 && each.when === when && each.strikes(deed));
    if (!one) return;
    one.left -= 1;
    throw one.error;
  };
  const through = async <T>(deed: Deed, act: () => Promise<T>): Promise<T> => {
    deeds.push(deed);
    strike(deed, "before");
    const answer = await act();
    strike(deed, "after");
    return answer;
  };
  const broken: World = {
    ...world,
    store: {
      ...world.store,
      write: (changes) => through({ port: "write", changes }, () => world.store.write(changes)),
    },
    queue: {
      ...world.queue,
      send: (queue, messages) => {
        const bodies = messages.map(({ body }) => body);
        return through({ port: "send", queue, bodies }, async () => {
          await world.queue.send(queue, messages);
          const again = messages.filter(() => repeat.chosen());
          const delayed = again.map((message) => ({
            ...message,
            delaySeconds: (message.delaySeconds ?? 0) + repeat.later(),
          }));
          await world.queue.send(queue, delayed);
        });
      },
    },
    dial: (target) => {
      const transport = world.dial(target);
      return (wire) => {
        const { method, target: path, body = "" } = wire;
        return through({ port: "request", method, target: path, body }, () => transport(wire));
      };
    },
  };
  return {
    world: broken,
    deeds,
    /** Delivers the messages that `chosen` says yes to a second time, `later` seconds after. */
    twice(chosen: () => boolean, later: () => number) {
      repeat = { chosen, later };
    },
    /** Fails the deeds that `strikes` chooses, so many times, before or after they took effect. */
    on(strikes: Break["strikes"], when: Break["when"], { times = 1, error = killed() } = {}) {
      breaks.push({ strikes, when, error, left: times });
    },
  };
}
