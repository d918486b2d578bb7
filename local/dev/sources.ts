import * as z from "zod";
import type { Queues } from "../aws/queues.ts";
import { queueArn } from "../aws/sqs-attributes.ts";
import { QUEUES } from "./cloud.ts";
import type { Host } from "./host.ts";

const Failures = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).default([]),
});

/** As in infra: how many messages a worker gets at once; and how many copies of it run here. */
const MAPPING = {
  Expand: { batch: 1, width: 2 },
  Item: { batch: 1, width: 12 },
  Follow: { batch: 5, width: 4 },
  Fire: { batch: 5, width: 1 },
  Inventory: { batch: 1, width: 8 },
};
const LOOK_MS = 200;

type QueueName = (typeof QUEUES)[number];
type Received = ReturnType<Queues["receive"]>;

/** Messages in the form in which Lambda hands them to a function. */
const toRecords = (queue: string, messages: Received) =>
  messages.map((message) => ({
    messageId: message.id,
    receiptHandle: message.receipt,
    body: message.body,
    attributes: { ApproximateReceiveCount: String(message.receives) },
    messageAttributes: {},
    eventSource: "aws:sqs",
    eventSourceARN: queueArn(queue),
    awsRegion: "eu-central-1",
  }));

/** Delivers messages to the workers; what fails stays invisible for a while and then comes again. */
export class Sources {
  readonly #queues: Queues;
  readonly #host: Host;
  readonly #busy = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  readonly #unwatch: () => void;
  #stopped = false;

  constructor(queues: Queues, host: Host) {
    this.#queues = queues;
    this.#host = host;
    this.#timer = setInterval(() => this.#pullAll(), LOOK_MS);
    this.#unwatch = queues.watch(() => setImmediate(() => this.#pullAll()));
  }

  #pullAll(): void {
    QUEUES.forEach((queue) => this.#pull(queue));
  }

  #pull(queue: QueueName): void {
    const { batch, width } = MAPPING[queue];
    for (let running = this.#busy.get(queue) ?? 0; running < width && !this.#stopped; running++) {
      const messages = this.#queues.receive(queue, batch);
      if (messages.length === 0) return;
      this.#busy.set(queue, running + 1);
      void this.#deliver(queue, messages).finally(() => {
        this.#busy.set(queue, (this.#busy.get(queue) ?? 1) - 1);
        this.#pull(queue);
      });
    }
  }

  async #deliver(queue: QueueName, messages: Received): Promise<void> {
    try {
      const event = { Records: toRecords(queue, messages) };
      const answer = Failures.parse(
        await this.#host.invoke(`functions/worker/${queue.toLowerCase()}`, event),
      );
      const failed = new Set(answer.batchItemFailures.map((failure) => failure.itemIdentifier));
      for (const { id, receipt } of messages) if (!failed.has(id)) this.#queues.remove(queue, receipt);
    } catch (error) {
      if (this.#stopped) return;
      console.error(JSON.stringify({ level: "warn", event: "delivery", queue, reason: String(error) }));
    }
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#unwatch();
  }
}
