import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { TABLES } from "../aws/tables.ts";

const EVERY_MS = 600_000;

const Keys = z.object({ pk: z.string(), sk: z.string() });

/** DynamoDB removes what has expired; the embedded one does not, so the laptop does it. */
export function startTtl(client: DynamoDBClient): { stop: () => void } {
  const db = DynamoDBDocumentClient.from(client);

  async function sweep(TableName: string): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    const filter = { FilterExpression: "expiresAt < :now", ExpressionAttributeValues: { ":now": now } };
    const { Items = [] } = await db.send(new ScanCommand({ TableName, ...filter }));
    for (const item of Items) {
      const Key = Keys.parse(item);
      await db.send(
        new DeleteCommand({
          TableName,
          Key,
          ConditionExpression: "expiresAt < :now",
          ExpressionAttributeValues: { ":now": now },
        }),
      );
    }
  }

  async function sweepAll(): Promise<void> {
    for (const { TableName } of TABLES) await sweep(TableName);
  }

  const complain = (error: unknown) =>
    console.error(JSON.stringify({ level: "warn", event: "ttl", reason: String(error) }));
  const timer = setInterval(() => void sweepAll().catch(complain), EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
