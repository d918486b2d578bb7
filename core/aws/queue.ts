import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
  type SendMessageBatchRequestEntry,
} from "@aws-sdk/client-sqs";

/** The queues: which worker a message is for. */
export type QueueName = "Expand" | "Item" | "Follow" | "Fire" | "Inventory";

/** A message before it is sent. `group` keeps one cluster's backlog from delaying another's (fair queues). */
export interface Outgoing {
  readonly body: string;
  readonly group: string;
  /** At most 900 seconds. */
  readonly delaySeconds?: number;
}

export interface Queue {
  /** Every message has been accepted when this returns; sending one twice does no harm. */
  send(queue: QueueName, messages: readonly Outgoing[]): Promise<void>;
  /** Answers when the queue can be reached. */
  ping(queue: QueueName): Promise<void>;
}

const BATCH = 10;
/** Bytes of a message, and of a batch: SQS has taken more for a while, but not in every region. */
const MOST_BYTES = 256 * 1024;
const ATTEMPTS = 5;

const toEntry = (message: Outgoing, index: number): SendMessageBatchRequestEntry => ({
  Id: String(index),
  MessageBody: message.body,
  MessageGroupId: message.group,
  DelaySeconds: Math.min(900, Math.max(0, Math.round(message.delaySeconds ?? 0))),
});

async function sendBatch(client: SQSClient, url: string, messages: readonly Outgoing[]) {
  let waiting = messages.map(toEntry);
  for (let attempt = 1; waiting.length > 0; attempt++) {
    const { Failed = [] } = await client.send(
      new SendMessageBatchCommand({ QueueUrl: url, Entries: waiting }),
    );
    if (Failed.length > 0 && attempt >= ATTEMPTS) {
      throw new Error(`SQS refused ${Failed.length} messages: ${Failed[0]?.Code} ${Failed[0]?.Message}`);
    }
    const refused = new Set(Failed.map((failure) => failure.Id));
    waiting = waiting.filter((entry) => refused.has(entry.Id));
  }
}

/** Messages in batches that SQS takes, in their order; throws for one that it never takes. */
export function batched(messages: readonly Outgoing[]): Outgoing[][] {
  const batches: Outgoing[][] = [];
  let room = 0;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message.body);
    if (bytes > MOST_BYTES) throw new Error(`a message of ${bytes} bytes is larger than SQS takes`);
    const last = batches.at(-1);
    if (last && last.length < BATCH && bytes <= room) last.push(message);
    else batches.push([message]);
    room = (batches.at(-1) === last ? room : MOST_BYTES) - bytes;
  }
  return batches;
}

/** Queues on SQS; entries of a batch that were refused are sent again. */
export function sqsQueue(urls: Readonly<Record<QueueName, string>>, client = new SQSClient({})): Queue {
  return {
    async send(queue, messages) {
      for (const batch of batched(messages)) await sendBatch(client, urls[queue], batch);
    },
    async ping(queue) {
      await client.send(
        new GetQueueAttributesCommand({ QueueUrl: urls[queue], AttributeNames: ["QueueArn"] }),
      );
    },
  };
}
