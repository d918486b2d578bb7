import * as z from "zod";
import { AwsError, parseOr } from "./aws-error.ts";
import type { Queue, QueueSettings } from "./queue-changes.ts";
import type { Queues } from "./queues.ts";

const ACCOUNT = "000000000000";

/** The ARN of a queue of the embedded account. */
export const queueArn = (name: string, region = "eu-central-1") => `arn:aws:sqs:${region}:${ACCOUNT}:${name}`;

/** The name at the end of a queue's URL or ARN. */
export const queueName = (urlOrArn: string) => decodeURIComponent(urlOrArn.split(/[/:]/).at(-1) ?? "");

/** The path of a queue's URL. */
export const queuePath = (name: string) => `/${ACCOUNT}/${name}`;

const Redrive = z.object({
  deadLetterTargetArn: z.string(),
  maxReceiveCount: z.coerce.number().int().min(1).max(1000),
});

const seconds = (max: number, min = 0) => z.coerce.number().int().min(min).max(max).optional();

const Attributes = z.object({
  VisibilityTimeout: seconds(43_200),
  DelaySeconds: seconds(900),
  ReceiveMessageWaitTimeSeconds: seconds(20),
  MessageRetentionPeriod: seconds(1_209_600, 60),
  MaximumMessageSize: seconds(1_048_576, 1024),
  RedrivePolicy: z.string().optional(),
});

/** Reads attributes as CreateQueue and SetQueueAttributes take them; those not given are left out. */
export function settingsOf(attributes: Record<string, string>, queues: Queues): Partial<QueueSettings> {
  if (attributes["FifoQueue"] === "true") {
    throw new AwsError("UnsupportedOperation", "The embedded SQS has standard queues only, no FIFO.");
  }
  const given = parseOr("InvalidAttributeValue", Attributes, attributes);
  const settings = {
    visibilitySeconds: given.VisibilityTimeout,
    delaySeconds: given.DelaySeconds,
    waitSeconds: given.ReceiveMessageWaitTimeSeconds,
    retentionSeconds: given.MessageRetentionPeriod,
    maximumBytes: given.MaximumMessageSize,
    ...(given.RedrivePolicy ? redriveOf(given.RedrivePolicy, queues) : {}),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function redriveOf(policy: string, queues: Queues) {
  const refuse = (reason: string) =>
    new AwsError(
      "InvalidParameterValue",
      `Value ${policy} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
    );
  const { deadLetterTargetArn, maxReceiveCount } = parseOr(
    "InvalidParameterValue",
    Redrive,
    parseJson(policy),
  );
  const dlq = queueName(deadLetterTargetArn);
  if (!queues.get(dlq)) throw refuse("Dead letter target does not exist.");
  return { dlq, maxReceives: maxReceiveCount };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError("InvalidParameterValue", "RedrivePolicy is not valid JSON.");
  }
}

/** All attributes of a queue as GetQueueAttributes gives them. */
export function attributesOf(queue: Queue, now: number): Record<string, string> {
  const { name, settings, created } = queue;
  const depth = queue.messages.depth(now);
  const stamp = String(Math.floor(created / 1000));
  const policy = { deadLetterTargetArn: queueArn(settings.dlq ?? ""), maxReceiveCount: settings.maxReceives };
  return {
    QueueArn: queueArn(name),
    CreatedTimestamp: stamp,
    LastModifiedTimestamp: stamp,
    VisibilityTimeout: String(settings.visibilitySeconds),
    DelaySeconds: String(settings.delaySeconds),
    ReceiveMessageWaitTimeSeconds: String(settings.waitSeconds),
    MessageRetentionPeriod: String(settings.retentionSeconds),
    MaximumMessageSize: String(settings.maximumBytes),
    SqsManagedSseEnabled: "true",
    ApproximateNumberOfMessages: String(depth.visible),
    ApproximateNumberOfMessagesDelayed: String(depth.delayed),
    ApproximateNumberOfMessagesNotVisible: String(depth.inFlight),
    ...(settings.dlq ? { RedrivePolicy: JSON.stringify(policy) } : {}),
  };
}
