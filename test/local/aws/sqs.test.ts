import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as S from "@aws-sdk/client-sqs";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../../core/lib/clock.ts";
import { startSqs } from "../../../local/aws/sqs.ts";
import { credentials, sqsClient } from "./clients.ts";
import { onAws, sqsStage, unique } from "./stage.ts";

/** A queue with a dead-letter queue behind it. */
async function shop(attributes: Record<string, string> = {}) {
  const stage = await sqsStage();
  const { client } = stage;
  const { QueueUrl: dead } = await client.send(new S.CreateQueueCommand({ QueueName: unique("dead") }));
  const asked = new S.GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ["QueueArn"] });
  const deadArn = (await client.send(asked)).Attributes?.["QueueArn"];
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadArn, maxReceiveCount: 2 });
  const QueueName = unique("work");
  const Attributes = { VisibilityTimeout: "5", RedrivePolicy, ...attributes };
  const { QueueUrl } = await client.send(new S.CreateQueueCommand({ QueueName, Attributes }));
  const receive = async (url = QueueUrl, wait = onAws ? 5 : 0) => {
    const call = { QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: wait };
    const all = { MessageSystemAttributeNames: ["All" as const], MessageAttributeNames: ["All"] };
    return (await client.send(new S.ReceiveMessageCommand({ ...call, ...all }))).Messages ?? [];
  };
  const send = (MessageBody: string, more = {}) =>
    client.send(new S.SendMessageCommand({ QueueUrl, MessageBody, ...more }));
  onTestFinished(async () => {
    for (const url of [QueueUrl, dead]) await client.send(new S.DeleteQueueCommand({ QueueUrl: url }));
  });
  return { ...stage, QueueName, QueueUrl, dead, deadArn, RedrivePolicy, Attributes, receive, send };
}

test("a message arrives with its body, attributes, group and digests", async () => {
  const { send, receive } = await shop();
  const MessageAttributes = {
    text: { DataType: "String", StringValue: "ü" },
    count: { DataType: "Number", StringValue: "7" },
    bytes: { DataType: "Binary", BinaryValue: new Uint8Array([1, 2, 255]) },
  };
  const sent = await send("hello ✓", { MessageAttributes, MessageGroupId: "main" });
  const [message] = await receive();
  expect(message).toMatchObject({
    MessageId: sent.MessageId,
    Body: "hello ✓",
    MD5OfBody: sent.MD5OfMessageBody,
  });
  expect(message?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
  expect(message?.MessageAttributes?.["bytes"]?.BinaryValue).toEqual(new Uint8Array([1, 2, 255]));
  expect(message?.Attributes).toMatchObject({ ApproximateReceiveCount: "1", MessageGroupId: "main" });
});

test("a message that is not deleted comes back, and after too many times lies in the dead-letter queue", async () => {
  const { client, send, receive, pass, QueueUrl, dead, deadArn } = await shop();
  await send("poison");
  for (const count of ["1", "2"]) {
    const [message] = await receive();
    expect(message?.Attributes?.ApproximateReceiveCount).toBe(count);
    await pass(6);
  }
  expect(await receive(QueueUrl)).toEqual([]);
  expect(await receive(dead)).toMatchObject([{ Body: "poison" }]);
  await pass(31);

  const sources = await client.send(new S.ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }));
  expect(sources.queueUrls).toEqual([QueueUrl]);
  const move = await client.send(new S.StartMessageMoveTaskCommand({ SourceArn: deadArn }));
  expect(move.TaskHandle).toBeTruthy();
  expect(await receive(QueueUrl, onAws ? 20 : 0)).toMatchObject([{ Body: "poison" }]);
  const { Results } = await client.send(new S.ListMessageMoveTasksCommand({ SourceArn: deadArn }));
  expect(Results).toMatchObject([{ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 1 }]);
});

test("a delay keeps a message out of sight", async () => {
  const { client, send, receive, pass, QueueUrl } = await shop();
  await send("late", { DelaySeconds: 10 });
  expect(await receive(QueueUrl, 0)).toEqual([]);
  const asked = new S.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] });
  expect((await client.send(asked)).Attributes).toMatchObject({ ApproximateNumberOfMessagesDelayed: "1" });
  await pass(10);
  expect(await receive()).toMatchObject([{ Body: "late" }]);
});

test("a waiting receiver gets a message as soon as it is sent", async () => {
  const { send, receive, QueueUrl } = await shop();
  const waiting = receive(QueueUrl, 20);
  await send("at last");
  expect(await waiting).toMatchObject([{ Body: "at last" }]);
});

test("a waiting receiver gets a message as soon as its delay is over", async () => {
  const { send, receive, pass, QueueUrl } = await shop();
  await send("later", { DelaySeconds: 3 });
  const state = { done: false };
  const waiting = receive(QueueUrl, 20).finally(() => (state.done = true));
  for (let tries = 0; tries < 200 && !state.done; tries += 1) await pass(1);
  expect(await waiting).toMatchObject([{ Body: "later" }]);
});

test("a visibility of zero gives a message back at once, a longer one keeps it away", async () => {
  const { client, send, receive, pass, QueueUrl } = await shop();
  await send("again");
  const [first] = await receive();
  const back = { QueueUrl, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 };
  await client.send(new S.ChangeMessageVisibilityCommand(back));
  const [second] = await receive();
  const Entries = [{ Id: "a", ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 60 }];
  const longer = await client.send(new S.ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  expect(longer.Successful).toEqual([{ Id: "a" }]);
  await pass(6);
  expect(await receive(QueueUrl, 0)).toEqual([]);
});

test("a batch succeeds and fails entry by entry", async () => {
  const { client, receive, QueueUrl } = await shop();
  const Entries = ["a", "b", "c"].map((Id) => ({ Id, MessageBody: Id, DelaySeconds: Id === "b" ? 901 : 0 }));
  const sent = await client.send(new S.SendMessageBatchCommand({ QueueUrl, Entries }));
  expect(sent.Successful?.map((entry) => entry.Id)).toEqual(["a", "c"]);
  expect(sent.Failed).toMatchObject([{ Id: "b", SenderFault: true }]);
  const [message] = await receive();
  const gone = [
    { Id: "ok", ReceiptHandle: message?.ReceiptHandle },
    { Id: "bad", ReceiptHandle: "no such handle" },
  ];
  const deleted = await client.send(new S.DeleteMessageBatchCommand({ QueueUrl, Entries: gone }));
  expect(deleted.Successful).toEqual([{ Id: "ok" }]);
  expect(deleted.Failed).toMatchObject([{ Id: "bad", Code: "ReceiptHandleIsInvalid" }]);
});

test("a batch is refused as a whole when it is empty, too long or names an id twice", async () => {
  const { client, QueueUrl } = await shop();
  const batch = (ids: readonly string[]) => {
    const Entries = ids.map((Id) => ({ Id, MessageBody: "x" }));
    return client.send(new S.SendMessageBatchCommand({ QueueUrl, Entries }));
  };
  await expect(batch([])).rejects.toThrow(S.EmptyBatchRequest);
  await expect(batch(Array.from({ length: 11 }, (_, index) => `${index}`))).rejects.toThrow(
    S.TooManyEntriesInBatchRequest,
  );
  await expect(batch(["a", "a"])).rejects.toThrow(S.BatchEntryIdsNotDistinct);
});

test("creating a queue again is fine with the same attributes and refused with others", async () => {
  const { client, QueueName, QueueUrl, Attributes } = await shop();
  expect((await client.send(new S.CreateQueueCommand({ QueueName, Attributes }))).QueueUrl).toBe(QueueUrl);
  const other = { ...Attributes, VisibilityTimeout: "7" };
  await expect(client.send(new S.CreateQueueCommand({ QueueName, Attributes: other }))).rejects.toThrow(
    S.QueueNameExists,
  );
  await client.send(new S.SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: "7" } }));
  const asked = await client.send(new S.GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
  expect(asked.Attributes).toMatchObject({ VisibilityTimeout: "7", RedrivePolicy: Attributes.RedrivePolicy });
});

test("a queue that does not exist, a message that is too large and a foreign receipt are refused by name", async () => {
  const { client, send, QueueUrl, QueueName } = await shop();
  const absent = new S.GetQueueUrlCommand({ QueueName: unique("absent") });
  await expect(client.send(absent)).rejects.toThrow(S.QueueDoesNotExist);
  await expect(send("x".repeat(1024 * 1024 + 1))).rejects.toMatchObject({ Code: "InvalidParameterValue" });
  await send("x".repeat(900 * 1024));
  const foreign = new S.DeleteMessageCommand({ QueueUrl, ReceiptHandle: "foreign" });
  await expect(client.send(foreign)).rejects.toThrow(S.ReceiptHandleIsInvalid);
  await client.send(new S.PurgeQueueCommand({ QueueUrl }));
  expect((await client.send(new S.ListQueuesCommand({ QueueNamePrefix: QueueName }))).QueueUrls).toEqual([
    QueueUrl,
  ]);
});

test.runIf(!onAws)("an acknowledged message survives kill -9 of the server", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sqs-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "sqs.jsonl");
  const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { systemClock } from ${source("../../../core/lib/clock.ts")};
    import { startSqs } from ${source("../../../local/aws/sqs.ts")};
    const { url } = await startSqs({
      clock: systemClock, credentials: ${JSON.stringify(credentials)}, file: ${JSON.stringify(file)},
    });
    process.stdout.write(url);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [url] = await once(child.stdout, "data");
  const doomed = sqsClient(String(url));
  const { QueueUrl } = await doomed.send(new S.CreateQueueCommand({ QueueName: "work" }));
  const { MessageId } = await doomed.send(new S.SendMessageCommand({ QueueUrl, MessageBody: "kept" }));
  child.kill("SIGKILL");
  await once(child, "exit");

  const server = await startSqs({ clock: systemClock, credentials, file });
  onTestFinished(() => server.stop());
  const call = new S.ReceiveMessageCommand({ QueueUrl: server.queueUrl("work") });
  const { Messages } = await sqsClient(server.url).send(call);
  expect(Messages).toMatchObject([{ MessageId, Body: "kept" }]);
});
