import { AwsError, parseOr } from "./aws-error.ts";
import type { Queue } from "./queue-changes.ts";
import type { Queues } from "./queues.ts";
import { batch } from "./sqs-batch.ts";
import { attributesMd5, md5, messageBytes, messageView } from "./sqs-message.ts";
import { queueAt } from "./sqs-operations.ts";
import type { Operation, Room } from "./sqs-operations.ts";
import { poll } from "./sqs-receive.ts";
import * as Call from "./sqs-schemas.ts";

const INVALID = "InvalidParameterValue";

/** One entry of a send, a delete or a change of visibility; the batch forms run the same one for each entry. */
type Act = (queues: Queues, queue: Queue, entry: unknown) => object;

/** The operations that concern messages. */
export function messageOperations({ queues, clock }: Room): Record<string, Operation> {
  const single =
    (act: Act): Operation =>
    (input) =>
      act(queues, queueAt(queues, parseOr(INVALID, Call.QueueCall, input).QueueUrl), input);
  const many =
    (act: Act): Operation =>
    (input) => {
      const { QueueUrl, Entries } = parseOr(INVALID, Call.BatchCall, input);
      const queue = queueAt(queues, QueueUrl);
      return batch(Entries, (entry) => act(queues, queue, entry));
    };
  return {
    SendMessage: single(send),
    SendMessageBatch: many(send),
    DeleteMessage: single(remove),
    DeleteMessageBatch: many(remove),
    ChangeMessageVisibility: single(changeVisibility),
    ChangeMessageVisibilityBatch: many(changeVisibility),
    async ReceiveMessage(input, gone) {
      const call = parseOr(INVALID, Call.ReceiveMessage, input);
      const { name, settings } = queueAt(queues, call.QueueUrl);
      const messages = await poll(queues, clock, {
        name,
        max: call.MaxNumberOfMessages,
        visibilitySeconds: call.VisibilityTimeout,
        waitSeconds: call.WaitTimeSeconds ?? settings.waitSeconds,
        gone,
      });
      const system = [...call.AttributeNames, ...call.MessageSystemAttributeNames];
      const views = messages.map((message) =>
        messageView(message, { system, own: call.MessageAttributeNames }),
      );
      return views.length > 0 ? { Messages: views } : {};
    },
  };
}

function send(queues: Queues, queue: Queue, entry: unknown) {
  const { MessageBody, MessageAttributes, DelaySeconds, MessageGroupId } = parseOr(
    INVALID,
    Call.SendEntry,
    entry,
  );
  if (messageBytes(MessageBody, MessageAttributes) > queue.settings.maximumBytes) {
    const message = `One or more parameters are invalid. Reason: Message must be shorter than ${queue.settings.maximumBytes} bytes.`;
    throw new AwsError(INVALID, message);
  }
  const options = { delaySeconds: DelaySeconds, group: MessageGroupId, attributes: MessageAttributes };
  const MessageId = queues.send(queue.name, MessageBody, options);
  const digest = attributesMd5(MessageAttributes);
  return {
    MessageId,
    MD5OfMessageBody: md5(MessageBody),
    ...(digest ? { MD5OfMessageAttributes: digest } : {}),
  };
}

function remove(queues: Queues, queue: Queue, entry: unknown) {
  const { ReceiptHandle } = parseOr(INVALID, Call.DeleteEntry, entry);
  if (!/^[^#]+#\d+$/.test(ReceiptHandle)) {
    throw new AwsError(
      "ReceiptHandleIsInvalid",
      `The input receipt handle "${ReceiptHandle}" is not a valid receipt handle.`,
    );
  }
  queues.remove(queue.name, ReceiptHandle);
  return {};
}

function changeVisibility(queues: Queues, queue: Queue, entry: unknown) {
  const { ReceiptHandle, VisibilityTimeout } = parseOr(INVALID, Call.VisibilityEntry, entry);
  const verdict = queues.release(queue.name, ReceiptHandle, VisibilityTimeout);
  if (verdict === "visible") throw new AwsError("MessageNotInflight", "The message is not in flight.");
  if (verdict === "stale") {
    const reason = "Message does not exist or is not available for visibility timeout change.";
    throw new AwsError(
      INVALID,
      `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: ${reason}`,
    );
  }
  return {};
}
