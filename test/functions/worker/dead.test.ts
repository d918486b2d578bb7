import { expect, test } from "vitest";
import type { QueueName } from "../../../core/aws/queue.ts";
import * as Bulk from "../../../functions/api/bulk/snapshots.ts";
import * as Item from "../../../functions/worker/item.ts";
import { QUEUES } from "../../kit/cloud.ts";
import { lab } from "../../kit/lab.ts";
import { itemMessage } from "../../kit/message.ts";
import { carriedOut, changingNothing } from "../../kit/proof.ts";
import { restrict } from "../../kit/restrict.ts";

const HOUR = 3_600_000;

const BAD: readonly [string, string][] = [
  ["what is no JSON", "not json"],
  ["an empty body", ""],
  ["a version of tomorrow", JSON.stringify({ ...itemMessage("op_1"), v: 3 })],
  ["a kind of another queue", JSON.stringify({ v: 1, kind: "unheard-of" })],
  ["a list", "[]"],
];

/** What a queue holds for less than the five receives take is asked for anew at each tick, and given up. */
const SHORT: readonly QueueName[] = ["Inventory"];

const cases = QUEUES.filter((queue) => !SHORT.includes(queue)).flatMap((queue) =>
  BAD.map(([what, body]): [QueueName, string, string] => [queue, what, body]),
);

test.for(cases)(
  "%s: %s is received five times, then lies in Dead; nothing else happens",
  async ([queue, , body]) => {
    const stage = await lab();
    stage.queues.send(queue, body);
    await stage.run(HOUR);
    expect(stage.queues.depth(queue)).toMatchObject({ visible: 0, inFlight: 0 });
    expect(stage.queues.receive("Dead").map((message) => message.body)).toEqual([body]);
    const failures = stage.lines.filter((line) => line.includes('"event":"message"'));
    expect(failures.length).toBe(5);
    expect(stage.simulator.counters().total.requests).toBe(0);
  },
);

test.for(SHORT.flatMap((queue) => BAD.map(([what, body]) => [queue, what, body] as const)))(
  "B8: %s: %s is given up; nothing else happens",
  async ([queue, , body]) => {
    const stage = await lab();
    stage.queues.send(queue, body);
    await stage.run(HOUR);
    expect(stage.queues.depth(queue)).toMatchObject({ visible: 0, inFlight: 0 });
    expect(stage.queues.receive("Dead")).toEqual([]);
    expect(stage.lines.filter((line) => line.includes('"event":"message"')).length).toBeGreaterThan(0);
    expect(stage.simulator.counters().total.requests).toBe(0);
  },
);

test("a bad message fails alone: the good ones of its batch are done", async () => {
  const stage = await lab();
  const answer = await stage.call(Bulk, { body: { select: { vmids: [102, 103] } } });
  stage.queues.send("Item", "not json");
  const { operation } = await carriedOut(stage, answer);
  expect(operation).toMatchObject({ state: "succeeded", progress: { succeeded: 2 } });
  await stage.run(HOUR);
  expect(stage.queues.depth("Dead").visible).toBe(1);
});

test("a batch names the message that failed, and only that one", async () => {
  const stage = await lab();
  const handler = Item.worker((needs, effect) => restrict(stage.world, needs, effect));
  const unknown = JSON.stringify(itemMessage(`op_${"0".repeat(26)}`));
  const record = (messageId: string, body: string) => ({
    messageId,
    receiptHandle: messageId,
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "0",
      SenderId: "test",
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:test:000000000000:Item",
    awsRegion: "test",
  });
  const Records = [record("one", unknown), record("two", "{"), record("three", unknown)];
  const response = await changingNothing(stage, () => handler({ Records }));
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: "two" }] });
});
