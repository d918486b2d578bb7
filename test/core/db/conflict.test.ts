import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { dynamoStore } from "../../../core/db/dynamo.ts";
import type { Change } from "../../../core/db/index.ts";
import { virtualClock } from "../../kit/clock.ts";
import { dynamodbClient } from "../../local/aws/clients.ts";

const NAMES = { State: "State", Runtime: "Runtime", History: "History", Audit: "Audit" };
const TYPE = "com.amazonaws.dynamodb.v20120810#";

const isAddress = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === "object" && address !== null;

/** A DynamoDB that answers `refusals` requests with this error and all others with success. */
async function busy(refusals: number, error: object) {
  const asked = { count: 0 };
  const server = createServer((_, response) => {
    asked.count += 1;
    const refused = asked.count <= refusals;
    response.writeHead(refused ? 400 : 200, { "content-type": "application/x-amz-json-1.0" });
    response.end(JSON.stringify(refused ? error : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const clock = virtualClock();
  const slept = { total: 0 };
  const sleep = async (milliseconds: number) => void (slept.total += milliseconds);
  const port = isAddress(address) ? address.port : 0;
  const store = dynamoStore(
    NAMES,
    { now: () => clock.now(), sleep },
    dynamodbClient(`http://127.0.0.1:${port}`),
  );
  return { store, asked, slept };
}

const put = (sk: string): Change => ({ table: "State", put: { pk: "a", sk } });
const conflict = { __type: `${TYPE}TransactionConflictException`, message: "ongoing transaction" };
const cancelled = {
  __type: `${TYPE}TransactionCanceledException`,
  message: "cancelled",
  CancellationReasons: [{ Code: "None" }, { Code: "TransactionConflict" }],
};

test("a single write that meets another's transaction waits and is sent again", async () => {
  const { store, asked, slept } = await busy(2, conflict);
  await store.write([put("a")]);
  expect([asked.count, slept.total]).toEqual([3, 60]);
});

test("a transaction that meets another waits and is sent again, and is no lost race", async () => {
  const { store, asked } = await busy(2, cancelled);
  await store.write([put("a"), put("b")]);
  expect(asked.count).toBe(3);
});

test("a conflict that does not end is an error after eight attempts", async () => {
  for (const [error, changes] of [
    [conflict, [put("a")]],
    [cancelled, [put("a"), put("b")]],
  ] as const) {
    const { store, asked } = await busy(99, error);
    await expect(store.write(changes)).rejects.toThrow(/ongoing|cancelled/);
    expect(asked.count).toBe(8);
  }
});

test("a transaction that is not valid is not sent again", async () => {
  const CancellationReasons = [{ Code: "None" }, { Code: "ValidationError", Message: "no such path" }];
  const { store, asked } = await busy(99, { ...cancelled, CancellationReasons });
  await expect(store.write([put("a"), put("b")])).rejects.toThrow("cancelled");
  expect(asked.count).toBe(1);
});
