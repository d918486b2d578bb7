import type { World } from "../../core/context.ts";
import type { QueueName } from "../../core/aws/queue.ts";
import * as Expand from "../../functions/worker/expand.ts";
import * as Fire from "../../functions/worker/fire.ts";
import * as Follow from "../../functions/worker/follow.ts";
import * as Item from "../../functions/worker/item.ts";
import type { Queues } from "../../local/aws/queues.ts";
import type { Schedules } from "../../local/aws/schedules.ts";
import type { VirtualClock } from "./clock.ts";
import { QUEUES } from "./cloud.ts";
import { restrict } from "./restrict.ts";

const BATCH = 5;
const MINUTE = 60_000;

interface Parts {
  readonly clock: VirtualClock;
  readonly queues: Queues;
  readonly schedules: Schedules;
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

/** Delivers messages to the real workers and lets schedules fire, in virtual time. */
export function engine(world: World, { clock, queues, schedules }: Parts) {
  const worlds = (needs: Parameters<typeof restrict>[1], effect: "read" | "write") =>
    restrict(world, needs, effect);
  const workers = {
    Expand: Expand.worker(worlds),
    Item: Item.worker(worlds),
    Follow: Follow.worker(worlds),
    Fire: Fire.worker(worlds),
  };

  async function deliver(queue: QueueName, messages: Received): Promise<void> {
    const { batchItemFailures } = await workers[queue](toEvent(queue, messages));
    const failed = new Set(batchItemFailures.map((failure) => failure.itemIdentifier));
    for (const message of messages) if (!failed.has(message.id)) queues.remove(queue, message.receipt);
  }

  /** Everything that is due now, all queues side by side; false when there was nothing. */
  async function drain(): Promise<boolean> {
    const batches = QUEUES.flatMap((queue) => {
      const messages = queues.receive(queue, BATCH);
      return messages.length > 0 ? [deliver(queue, messages)] : [];
    });
    await clock.until(Promise.all(batches));
    return batches.length > 0;
  }

  const nextDue = () =>
    Math.min(
      queues.nextDue() ?? Infinity,
      Math.max(schedules.nextDue() ?? Infinity, clock.now().getTime() + 1),
    );

  /** Lets the workers go on for so long, or until the condition holds after some delivery. */
  async function run(milliseconds: number, until: () => Promise<boolean> = async () => false): Promise<void> {
    const end = clock.now().getTime() + milliseconds;
    for (;;) {
      await clock.until(schedules.tick());
      while (clock.now().getTime() <= end && (await drain())) if (await until()) return;
      if ((await until()) || clock.now().getTime() > end) return;
      const next = nextDue();
      if (next > end) return clock.advance(Math.max(0, end - clock.now().getTime()));
      await clock.advance(next - clock.now().getTime());
    }
  }

  /** Lets the workers go on until an operation has ended, for an hour at most. */
  async function settle(operation: string, minutes = 60): Promise<void> {
    const ended = async () => {
      const row = await world.store.get("History", { pk: `op#${operation}`, sk: "operation" });
      return row !== undefined && row["state"] !== "open";
    };
    await run(minutes * MINUTE, ended);
    if (!(await ended())) throw new Error(`${operation} has not ended after ${minutes} minutes`);
  }
  return { run, settle, deliver };
}
