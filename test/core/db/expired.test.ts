import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import { dynamoStore } from "../../../core/db/dynamo.ts";
import type { Change, Store } from "../../../core/db/index.ts";
import { systemClock } from "../../../core/lib/clock.ts";
import { startDynamodb } from "../../../local/aws/dynamodb.ts";
import { TABLES } from "../../../local/aws/tables.ts";
import { memoryStore } from "../../kit/store.ts";
import { credentials, dynamodbClient } from "../../local/aws/clients.ts";

const NAMES = { State: "State", Runtime: "Runtime", History: "History", Audit: "Audit" };

async function dynamodb(): Promise<Store> {
  const server = await startDynamodb({ credentials });
  onTestFinished(() => server.stop());
  const client = dynamodbClient(server.url);
  for (const table of TABLES) await client.send(new CreateTableCommand(table));
  return dynamoStore(NAMES, systemClock, client);
}

test.each([
  ["memory", async () => memoryStore()],
  ["DynamoDB", dynamodb],
])(
  "F33 %s: a row that has expired is not read any more, and still stands in the way of a put",
  async (_, open) => {
    const store: Store = await open();
    const pk = "p";
    const row = (sk: string, more: object): Change => ({
      table: "History",
      put: { pk, sk, gpk: pk, gsk: sk, ...more },
    });
    await store.write([
      row("1", {}),
      row("2", { expiresAt: 1 }),
      row("3", { expiresAt: 2 ** 40 }),
      row("4", {}),
    ]);
    const ask = async (more: object) =>
      (await store.query({ table: "History", pk, ...more })).map((one) => one.sk);
    expect(await ask({})).toEqual(["1", "3", "4"]);
    expect(await ask({ limit: 2 })).toEqual(["1", "3"]);
    expect(await ask({ limit: 2, before: "4", reverse: true })).toEqual(["3", "1"]);
    expect(await ask({ index: "byTime", limit: 2 })).toEqual(["1", "3"]);
    expect(await store.get("History", { pk, sk: "2" })).toBeUndefined();
    const keys = ["2", "3"].map((sk) => ({ pk, sk }));
    expect((await store.getMany("History", keys)).map((one) => one.sk)).toEqual(["3"]);
    const change = { table: "History" as const, put: { pk, sk: "2" }, when: { exists: false } };
    await expect(store.write([change])).rejects.toMatchObject({ current: { expiresAt: 1 } });
  },
);
