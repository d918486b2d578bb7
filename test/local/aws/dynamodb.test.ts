import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as D from "@aws-sdk/client-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import { startDynamodb } from "../../../local/aws/dynamodb.ts";
import { credentials, dynamodbClient } from "./clients.ts";

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

/** Whether a process goes on; a zombie that nobody has buried yet does not. */
async function lives(process: string): Promise<boolean> {
  const status = await readFile(`${process}/status`, "utf8").catch(() => "");
  return status !== "" && !/^State:\tZ/m.test(status);
}

test("an item is there after a stop and a start on the same folder", async () => {
  const dir = folder();
  const first = await startDynamodb({ dir, credentials });
  const before = dynamodbClient(first.url);
  await createTable(before, "State");
  await before.send(new D.PutItemCommand({ TableName: "State", Item: { pk: { S: "a" } } }));
  await first.stop();
  expect(await isClosed(first.url)).toBe(true);

  const second = await startDynamodb({ dir, credentials });
  onTestFinished(() => second.stop());
  const got = await dynamodbClient(second.url).send(
    new D.GetItemCommand({ TableName: "State", Key: { pk: { S: "a" } } }),
  );
  expect(got.Item).toEqual({ pk: { S: "a" } });
});

test("a lost condition is told apart and shows the item that won", async () => {
  const server = await startDynamodb({ credentials });
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
  const script = `import { startDynamodb } from ${module}; process.stdout.write((await startDynamodb({ credentials: ${JSON.stringify(credentials)} })).url);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void parent.kill("SIGKILL"));
  const [chunk] = await once(parent.stdout, "data");
  const url = String(chunk);
  expect(await isClosed(url)).toBe(false);
  const database = `/proc/${readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, "utf8").trim()}`;
  expect(existsSync(database)).toBe(true);
  const ended = once(parent, "exit");
  parent.kill("SIGKILL");
  await ended;
  let there = true;
  for (let tries = 0; tries < 5000 && there; tries += 1) there = await lives(database);
  expect([there, await isClosed(url)]).toEqual([false, true]);
});

test("an endpoint that is named is used as it is, and not stopped", async () => {
  const server = await startDynamodb({ credentials });
  onTestFinished(() => server.stop());
  const named = await startDynamodb({ endpoint: server.url, credentials });
  expect(named.url).toBe(server.url);
  await named.stop();
  expect(await isClosed(server.url)).toBe(false);
});

test("a program that will not start is an error that names it", async () => {
  await expect(startDynamodb({ program: "/nowhere/dynoxide", credentials })).rejects.toThrow(
    "/nowhere/dynoxide did not start",
  );
});

test("a port that somebody else listens on is an error, not taken for our database", async () => {
  const server = await startDynamodb({ credentials });
  onTestFinished(() => server.stop());
  await expect(startDynamodb({ port: Number(new URL(server.url).port), credentials })).rejects.toThrow(
    "EADDRINUSE",
  );
});
