import type { QueueName } from "../../core/aws/queue.ts";
import type { World } from "../../core/context.ts";
import * as Expand from "../../functions/worker/expand.ts";
import * as Fire from "../../functions/worker/fire.ts";
import * as Follow from "../../functions/worker/follow.ts";
import * as Inventory from "../../functions/worker/inventory.ts";
import * as Item from "../../functions/worker/item.ts";
import type { Queues } from "../../local/aws/queues.ts";
import type { Schedules } from "../../local/aws/schedules.ts";
import { settle as runDry, type VirtualClock } from "./clock.ts";
import { QUEUES } from "./cloud.ts";
import { mortal } from "./mortal.ts";
import { restrict } from "./restrict.ts";
import type { MemoryStore } from "./store.ts";

/** As in infra: messages in one batch, and workers at once. */
const BATCH: Readonly<Record<QueueName, number>> = { Expand: 1, Item: 1, Follow: 5, Fire: 5, Inventory: 1 };
const WIDTH = 50;
const LIMIT_MS = 60_000;
const MINUTE = 60_000;

const WORKERS = { Expand, Item, Follow, Fire, Inventory };

interface Parts {
  readonly clock: VirtualClock;
  readonly queues: Queues;
  readonly schedules: Schedules;
  readonly store: Pick<MemoryStore, "peek">;
}

type Received = ReturnType<Queues["receive"]>;

const toEvent = (queue: string, messages: Received) => ({
  Records: messages.map((message) => ({
    messageId: message.id,
    receiptHandle: message.receipt,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: "0",
      SenderId: "test",
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: `arn:aws:sqs:test:000000000000:${queue}`,
    awsRegion: "test",
  })),
});

/** The processes of one worker: one for each batch at a time, used again once it is done. One that takes too long is killed. */
function fleet(makeWorld: () => World, clock: VirtualClock, queue: QueueName) {
  const start = () => {
    const { world: own, kill } = mortal(makeWorld());
    return { work: WORKERS[queue].worker((needs, effect) => restrict(own, needs, effect)), kill };
  };
  const idle: ReturnType<typeof start>[] = [];
  const busy = new Map<object, { readonly until: number; readonly end: () => void }>();
  return {
    free: () => WIDTH - busy.size,
    nextEnd: () => Math.min(Infinity, ...[...busy.values()].map(({ until }) => until)),
    /** Kills what has worked for too long. */
    reap() {
      for (const { until, end } of busy.values()) if (until <= clock.now().getTime()) end();
    },
    /** The ids of messages that failed, once all are done. */
    async invoke(messages: Received): Promise<readonly string[]> {
      const one = idle.pop() ?? start();
      const killed = Promise.withResolvers<readonly string[]>();
      const end = () => {
        one.kill();
        busy.delete(one);
        killed.resolve(messages.map(({ id }) => id));
      };
      busy.set(one, { until: clock.now().getTime() + LIMIT_MS, end });
      const done = one.work(toEvent(queue, messages)).then(({ batchItemFailures }) => {
        busy.delete(one);
        idle.push(one);
        return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      });
      return Promise.race([done, killed.promise]);
    },
  };
}

/**
 * Delivers messages to the real workers and lets schedules fire, in virtual time; workers run side by side, as on Lambda.
 * `own` makes the world of each of their processes.
 */
export function engine(
  world: World,
  { clock, queues, schedules, store }: Parts,
  own: (world: World) => World = (shared) => shared,
) {
  const fleets = QUEUES.map((queue) => ({ queue, fleet: fleet(() => own(world), clock, queue) }));
  const progress = { made: false };

  async function deliver(queue: QueueName, messages: Received): Promise<void> {
    const workers = fleets.find((one) => one.queue === queue)?.fleet;
    const failed = new Set(await workers?.invoke(messages));
    for (const message of messages) if (!failed.has(message.id)) queues.remove(queue, message.receipt);
    progress.made = true;
  }

  /** Hands out all that is due now. */
  function pull(): void {
    for (const { queue, fleet } of fleets) {
      fleet.reap();
      while (fleet.free() > 0) {
        const messages = queues.receive(queue, BATCH[queue]);
        if (messages.length === 0) break;
        progress.made = true;
        void deliver(queue, messages);
      }
    }
  }

  const nextDue = () =>
    Math.min(
      clock.nextDue() ?? Infinity,
      queues.nextDue() ?? Infinity,
      ...fleets.map(({ fleet }) => fleet.nextEnd()),
      Math.max(schedules.nextDue() ?? Infinity, clock.now().getTime() + 1),
    );

  /** Lets the workers go on for so long, or until the condition holds. */
  async function run(milliseconds: number, until: () => Promise<boolean> = async () => false): Promise<void> {
    const end = clock.now().getTime() + milliseconds;
    for (;;) {
      await clock.until(schedules.tick());
      progress.made = false;
      pull();
      await runDry();
      if ((await until()) || clock.now().getTime() > end) return;
      if (progress.made) continue;
      const next = nextDue();
      if (next > end) return clock.advance(Math.max(0, end - clock.now().getTime()));
      await clock.advance(Math.max(0, next - clock.now().getTime()));
    }
  }

  /** Lets the workers go on until an operation has ended, for an hour at most. */
  async function settle(operation: string, minutes = 60): Promise<void> {
    const ended = async () => {
      const row = store.peek("History", { pk: `op#${operation}`, sk: "operation" });
      return row !== undefined && row["state"] !== "open";
    };
    await run(minutes * MINUTE, ended);
    if (!(await ended())) throw new Error(`${operation} has not ended after ${minutes} minutes`);
  }
  return { run, settle, deliver };
}
