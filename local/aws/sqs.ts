import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/lib/clock.ts";
import { AwsError } from "./aws-error.ts";
import { serve } from "./http.ts";
import type { Call, Door, Reply } from "./http.ts";
import { createQueues } from "./queues.ts";
import type { Queues } from "./queues.ts";
import { queuePath } from "./sqs-attributes.ts";
import { messageOperations } from "./sqs-message-operations.ts";
import { moveOperations } from "./sqs-moves.ts";
import { attributeOperations, queueOperations } from "./sqs-operations.ts";
import type { Operation } from "./sqs-operations.ts";

/** SQS on the loopback address, for the SDK's own client. */
export interface Sqs {
  readonly url: string;
  /** The same queues in process. */
  readonly queues: Queues;
  /** The URL that a client gives as QueueUrl. */
  queueUrl(name: string): string;
  stop(): Promise<void>;
}

interface Options extends Pick<Door, "credentials" | "port"> {
  readonly clock: Clock;
  /** Journal on disk: a send is in it before it is acknowledged. */
  readonly file?: string | undefined;
}

/** Starts an SQS of standard queues that speaks AWS JSON 1.0. */
export async function startSqs({ clock, credentials, port, file }: Options): Promise<Sqs> {
  const queues = createQueues({ clock, file });
  let base = "";
  const queueUrl = (name: string) => `${base}${queuePath(name)}`;
  const room = { queues, clock, urlOf: queueUrl };
  const operations = {
    ...queueOperations(room),
    ...attributeOperations(room),
    ...messageOperations(room),
    ...moveOperations(room),
  };
  const server = await serve((call) => answer(operations, call), { credentials, service: "sqs", port });
  base = server.url;
  return {
    url: server.url,
    queues,
    queueUrl,
    async stop() {
      await server.stop();
      queues.close();
    },
  };
}

async function answer(operations: Record<string, Operation>, call: Call): Promise<Reply> {
  const name = String(call.headers["x-amz-target"] ?? "").split(".")[1] ?? "";
  const headers = { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": randomUUID() };
  try {
    const operation = operations[name];
    if (!operation)
      throw new AwsError("UnsupportedOperation", `The embedded SQS has no operation "${name}".`);
    const input: unknown = JSON.parse(call.body || "{}");
    return { status: 200, headers, body: await operation(input, call.gone) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const query = error.code === "QueueDoesNotExist" ? "AWS.SimpleQueueService.NonExistentQueue" : error.code;
    return {
      status: error.status,
      headers: { ...headers, "x-amzn-query-error": `${query};Sender` },
      body: { __type: `com.amazonaws.sqs#${error.code}`, message: error.message },
    };
  }
}
