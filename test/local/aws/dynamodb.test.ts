import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as D from "@aws-sdk/client-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import { startDynamodb } from "../../../local/aws/dynamodb.ts";
import { dynamodbClient } from "./clients.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "dynamodb-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function createTable(client: D.DynamoDBClient, TableName: string): Promise<void> {
  const AttributeDefinitions = [{ AttributeName: "pk", AttributeType: "S" as const }];
  const KeySchema = [{ AttributeName: "pk", KeyType: "HASH" as const }];
  await client.send(
    new D.CreateTableCommand({ TableName, AttributeDefinitions, KeySchema, BillingMode: "PAY_PER_REQUEST" }),
  );
}

const isClosed = (url: string) =>
  fetch(url).then(
    () => false,
    () => true,
  );

test("an item is there after a stop and a start on the same folder", async () => {
  const dir = folder();
  const first = await startDynamodb({ dir });
  const before = dynamodbClient(first.url);
  await createTable(before, "State");
  await before.send(new D.PutItemCommand({ TableName: "State", Item: { pk: { S: "a" } } }));
  await first.stop();
  expect(await isClosed(first.url)).toBe(true);

  const second = await startDynamodb({ dir });
  onTestFinished(() => second.stop());
  const got = await dynamodbClient(second.url).send(
    new D.GetItemCommand({ TableName: "State", Key: { pk: { S: "a" } } }),
  );
  expect(got.Item).toEqual({ pk: { S: "a" } });
});

test("a lost condition is told apart and shows the item that won", async () => {
  const server = await startDynamodb();
  onTestFinished(() => server.stop());
  const client = dynamodbClient(server.url);
  await createTable(client, "State");
  const put = (fence: string) =>
    client.send(
      new D.PutItemCommand({
        TableName: "State",
        Item: { pk: { S: "lease" }, fence: { N: fence } },
        ConditionExpression: "attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
  await put("1");
  await expect(put("2")).rejects.toMatchObject({
    name: "ConditionalCheckFailedException",
    Item: { pk: { S: "lease" }, fence: { N: "1" } },
  });
});

test("the database ends with a parent that is killed with -9", async () => {
  const module = JSON.stringify(new URL("../../../local/aws/dynamodb.ts", import.meta.url).href);
  const script = `import { startDynamodb } from ${module}; process.stdout.write((await startDynamodb()).url);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void parent.kill("SIGKILL"));
  const [chunk] = await once(parent.stdout, "data");
  const url = String(chunk);
  expect(await isClosed(url)).toBe(false);
  parent.kill("SIGKILL");
  let closed = false;
  for (let tries = 0; tries < 5000 && !closed; tries += 1) closed = await isClosed(url);
  expect(closed).toBe(true);
});

test("an endpoint that is named is used as it is, and not stopped", async () => {
  const server = await startDynamodb();
  onTestFinished(() => server.stop());
  const named = await startDynamodb({ endpoint: server.url });
  expect(named.url).toBe(server.url);
  await named.stop();
  expect(await isClosed(server.url)).toBe(false);
});

test("a program that will not start is an error that names it", async () => {
  await expect(startDynamodb({ program: "/nowhere/dynoxide" })).rejects.toThrow(
    "/nowhere/dynoxide did not start",
  );
});

test("a port that somebody else listens on is an error, not taken for our database", async () => {
  const server = await startDynamodb();
  onTestFinished(() => server.stop());
  await expect(startDynamodb({ port: Number(new URL(server.url).port) })).rejects.toThrow("EADDRINUSE");
});
