import * as z from "zod";
import { Attribute } from "./message-set.ts";

const seconds = (max: number) => z.int().min(0).max(max);

/** What the operations of SQS take. Numbers out of range are refused as SQS refuses them. */
export const QueueCall = z.object({ QueueUrl: z.string() });

export const CreateQueue = z.object({
  QueueName: z.string().regex(/^[\w-]{1,80}(\.fifo)?$/, "1 to 80 letters, digits, hyphens or underscores"),
  Attributes: z.record(z.string(), z.string()).default({}),
});

export const GetQueueUrl = z.object({ QueueName: z.string() });

export const ListQueues = z.object({
  QueueNamePrefix: z.string().default(""),
  MaxResults: z.int().min(1).max(1000).default(1000),
  NextToken: z.coerce.number().default(0),
});

export const GetQueueAttributes = QueueCall.extend({ AttributeNames: z.array(z.string()).default([]) });

export const SetQueueAttributes = QueueCall.extend({ Attributes: z.record(z.string(), z.string()) });

export const SendEntry = z.object({
  MessageBody: z.string().min(1),
  DelaySeconds: seconds(900).optional(),
  MessageGroupId: z.string().min(1).max(128).optional(),
  MessageAttributes: z.record(z.string(), Attribute).optional(),
});

export const ReceiveMessage = QueueCall.extend({
  MaxNumberOfMessages: z.int().min(1).max(10).default(1),
  VisibilityTimeout: seconds(43_200).optional(),
  WaitTimeSeconds: seconds(20).optional(),
  AttributeNames: z.array(z.string()).default([]),
  MessageSystemAttributeNames: z.array(z.string()).default([]),
  MessageAttributeNames: z.array(z.string()).default([]),
});

export const DeleteEntry = z.object({ ReceiptHandle: z.string() });

export const VisibilityEntry = DeleteEntry.extend({ VisibilityTimeout: seconds(43_200) });

export const BatchCall = QueueCall.extend({ Entries: z.unknown() });

export const StartMove = z.object({ SourceArn: z.string(), DestinationArn: z.string().optional() });

export const ListMoves = z.object({ SourceArn: z.string(), MaxResults: z.int().min(1).max(10).default(1) });
