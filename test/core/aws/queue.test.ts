import type { SQSClient } from "@aws-sdk/client-sqs";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { batched, sqsQueue } from "../../../core/aws/queue.ts";
import { startSqs } from "../../../local/aws/sqs.ts";
import { virtualClock } from "../../kit/clock.ts";
import { credentials, sqsClient } from "../../local/aws/clients.ts";

type Entry = { readonly Id: string; readonly MessageBody: string };
interface Batch {
  Entries: Entry[];
}

const isBatch = (input: unknown): input is Batch =>
  typeof input === "object" && input !== null && "Entries" in input && Array.isArray(input.Entries);

/** An SQS of which each batch loses the entries that `refuses` chooses: they do not arrive, and the answer says so. */
async function stage(refuses: (body: string, attempt: number) => boolean) {
  const server = await startSqs({ clock: virtualClock(), credentials });
  server.queues.create("Item");
  const client: SQSClient = sqsClient(server.url);
  const batches: string[][] = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      if (!isBatch(args.input)) return next(args);
      const entries = args.input.Entries;
      batches.push(entries.map((entry) => entry.MessageBody));
      const lost = entries.filter((entry) => refuses(entry.MessageBody, batches.length));
      const through = entries.filter((entry) => !lost.includes(entry));
      const Failed = lost.map(({ Id }) => ({
        Id,
        Code: "InternalError",
        SenderFault: false,
        Message: "planted",
      }));
      args.input.Entries = through;
      if (through.length === 0) return { response: {}, output: { $metadata: {}, Failed } };
      const answer = await next(args);
      return { ...answer, output: { ...answer.output, Failed } };
    },
    { step: "initialize" },
  );
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  const url = server.queueUrl("Item");
  const queue = sqsQueue({ Expand: url, Item: url, Follow: url, Fire: url, Inventory: url }, client);
  const arrived = () => server.queues.receive("Item", 1000).map(({ body }) => body);
  return { queue, batches, arrived };
}

const messages = Array.from({ length: 10 }, (_, n) => ({ body: `message ${n}`, group: "main" }));

test("F34: of a batch of ten of which three are refused, those three are sent again, and all arrive once", async () => {
  const refused = ["message 2", "message 5", "message 9"];
  const { queue, batches, arrived } = await stage((body, attempt) => attempt === 1 && refused.includes(body));
  await queue.send("Item", messages);
  expect(batches).toEqual([messages.map(({ body }) => body), refused]);
  expect(arrived().toSorted()).toEqual(messages.map(({ body }) => body));
});

test("F34: entries that are refused every time are an error, for the sender to keep its outbox row", async () => {
  const { queue, batches } = await stage((body) => body === "message 4");
  await expect(queue.send("Item", messages)).rejects.toThrow("SQS refused 1 messages: InternalError planted");
  expect(batches).toHaveLength(5);
});

test("B1: messages of any size go in batches that SQS takes, none lost and in their order; a larger one is refused", () => {
  const most = 256 * 1024;
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(200), fc.constant(most), fc.nat(most)), { maxLength: 40 }),
      (sizes) => {
        const messages = sizes.map((bytes, n) => ({ body: "x".repeat(bytes), group: String(n) }));
        const batches = batched(messages);
        expect(batches.flat()).toEqual(messages);
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(10);
          expect(batch.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThanOrEqual(most);
        }
      },
    ),
    { numRuns: 40 },
  );
  expect(() => batched([{ body: "x".repeat(most + 1), group: "a" }])).toThrow("larger than SQS takes");
});
