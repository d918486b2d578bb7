import type { Outgoing, QueueName } from "../../core/aws/queue.ts";
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
  readonly error: Error | "hangs";
  left: number;
}

/** What becomes of a message on its way: once, twice, later, or not at all. */
export type Route = (queue: QueueName, message: Outgoing) => readonly Outgoing[];

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
  let route: Route = (_, message) => [message];
  const strike = async (deed: Deed, when: Break["when"]): Promise<void> => {
    const one = breaks.find((each) => each.left > 0 && each.when === when && each.strikes(deed));
    if (!one) return;
    one.left -= 1;
    // A process that stands still does nothing more, not even what is done after an error.
    if (one.error === "hangs") return new Promise(() => undefined);
    throw one.error;
  };
  const between: { readonly chosen: (deed: Deed) => boolean; readonly act: () => Promise<void> }[] = [];
  const interrupt = async (deed: Deed): Promise<void> => {
    const index = between.findIndex(({ chosen }) => chosen(deed));
    if (index >= 0) await between.splice(index, 1)[0]?.act();
  };
  const through = async <T>(deed: Deed, act: () => Promise<T>): Promise<T> => {
    deeds.push(deed);
    await interrupt(deed);
    await strike(deed, "before");
    const answer = await act();
    await strike(deed, "after");
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
        const sent = messages.flatMap((message) => route(queue, message));
        return through({ port: "send", queue, bodies }, () => world.queue.send(queue, sent));
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
      const again = (message: Outgoing) => ({
        ...message,
        delaySeconds: (message.delaySeconds ?? 0) + later(),
      });
      route = (_, message) => (chosen() ? [message, again(message)] : [message]);
    },
    /** Lets something else happen just before a deed, once: what comes between a worker's look and its write. */
    between(chosen: (deed: Deed) => boolean, act: () => Promise<void>) {
      between.push({ chosen, act });
    },
    /** Decides of every message what becomes of it. */
    reroute(next: Route) {
      route = next;
    },
    /** All goes well from now on. */
    mend() {
      breaks.length = 0;
      route = (_, message) => [message];
    },
    /** Fails the deeds that `strikes` chooses, so many times, before or after they took effect. */
    on(
      strikes: Break["strikes"],
      when: Break["when"],
      { times = 1, error = killed() }: { times?: number; error?: Break["error"] } = {},
    ) {
      breaks.push({ strikes, when, error, left: times });
    },
  };
}
