import type { Clock } from "../../core/lib/clock.ts";
import { AwsError, parseOr } from "./aws-error.ts";
import type { QueueSettings } from "./queue-changes.ts";
import type { Queues } from "./queues.ts";
import { attributesOf, queueName, settingsOf } from "./sqs-attributes.ts";
import * as Call from "./sqs-schemas.ts";

/** One operation of SQS: what came in, as JSON, to what goes out. `gone` says that the caller hung up. */
export type Operation = (input: unknown, gone: AbortSignal) => object | Promise<object>;

/** What the operations work on; `urlOf` gives a queue's URL on this server. */
export interface Room {
  readonly queues: Queues;
  readonly clock: Clock;
  readonly urlOf: (name: string) => string;
}

const INVALID = "InvalidParameterValue";

/** The queue behind a URL, or the refusal SQS gives. */
export function queueAt(queues: Queues, urlOrName: string) {
  const queue = queues.get(queueName(urlOrName));
  if (!queue) throw new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
  return queue;
}

/** The operations that concern queues as a whole. */
export function queueOperations({ queues, urlOf }: Room): Record<string, Operation> {
  return {
    CreateQueue(input) {
      const { QueueName, Attributes } = parseOr(INVALID, Call.CreateQueue, input);
      const settings = settingsOf(Attributes, queues);
      const existing = queues.get(QueueName);
      if (existing) refuseOther(existing.settings, settings);
      else queues.create(QueueName, settings);
      return { QueueUrl: urlOf(QueueName) };
    },
    DeleteQueue(input) {
      queues.drop(queueAt(queues, parseOr(INVALID, Call.QueueCall, input).QueueUrl).name);
      return {};
    },
    PurgeQueue(input) {
      queues.purge(queueAt(queues, parseOr(INVALID, Call.QueueCall, input).QueueUrl).name);
      return {};
    },
    GetQueueUrl(input) {
      const { QueueName } = parseOr(INVALID, Call.GetQueueUrl, input);
      return { QueueUrl: urlOf(queueAt(queues, QueueName).name) };
    },
    ListQueues(input) {
      const { QueueNamePrefix, MaxResults, NextToken } = parseOr(INVALID, Call.ListQueues, input);
      const names = queues.list().map((queue) => queue.name);
      const found = names.filter((name) => name.startsWith(QueueNamePrefix)).toSorted();
      const end = NextToken + MaxResults;
      return {
        QueueUrls: found.slice(NextToken, end).map(urlOf),
        ...(end < found.length ? { NextToken: String(end) } : {}),
      };
    },
  };
}

/** The operations that concern a queue's attributes. */
export function attributeOperations({ queues, clock, urlOf }: Room): Record<string, Operation> {
  return {
    GetQueueAttributes(input) {
      const { QueueUrl, AttributeNames } = parseOr(INVALID, Call.GetQueueAttributes, input);
      const all = Object.entries(attributesOf(queueAt(queues, QueueUrl), clock.now().getTime()));
      const asked = (name: string) => AttributeNames.includes("All") || AttributeNames.includes(name);
      return { Attributes: Object.fromEntries(all.filter(([name]) => asked(name))) };
    },
    SetQueueAttributes(input) {
      const { QueueUrl, Attributes } = parseOr(INVALID, Call.SetQueueAttributes, input);
      const { name, settings } = queueAt(queues, QueueUrl);
      queues.create(name, { ...settings, ...settingsOf(Attributes, queues) });
      return {};
    },
    ListDeadLetterSourceQueues(input) {
      const { name } = queueAt(queues, parseOr(INVALID, Call.QueueCall, input).QueueUrl);
      const sources = queues.list().filter((queue) => queue.settings.dlq === name);
      return { queueUrls: sources.map((queue) => urlOf(queue.name)) };
    },
  };
}

function refuseOther(existing: QueueSettings, asked: Partial<QueueSettings>): void {
  const now = new Map<string, unknown>(Object.entries(existing));
  const other = Object.entries(asked).find(([key, value]) => now.get(key) !== value);
  if (!other) return;
  const message = `A queue already exists with the same name and a different value for attribute ${other[0]}`;
  throw new AwsError("QueueNameExists", message);
}
