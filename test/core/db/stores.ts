import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll } from "vitest";
import { dynamoStore } from "../../../core/db/dynamo.ts";
import { LostRace, type Change, type Row, type Store } from "../../../core/db/index.ts";
import { systemClock } from "../../../core/lib/clock.ts";
import { startDynamodb, type Dynamodb } from "../../../local/aws/dynamodb.ts";
import { TABLES } from "../../../local/aws/tables.ts";
import { memoryStore } from "../../kit/store.ts";
import { credentials, dynamodbClient } from "../../local/aws/clients.ts";

const NAMES = { State: "State", Runtime: "Runtime", History: "History", Audit: "Audit" };
const numbers = { last: 0 };
const freshPk = () => `p${(numbers.last += 1)}`;

/** The change that puts a row into `State`. */
export const put = (row: Row, when: Change["when"] = {}): Change => ({ table: "State", put: row, when });

/** The race that a write loses. */
export async function lost(promise: Promise<void>): Promise<LostRace> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LostRace)) throw new Error(`no lost race: ${String(error)}`);
  return error;
}

/** The store of the tests, and the embedded DynamoDB. */
export const STORES = ["memory", "DynamoDB"] as const;

/**
 * Has a DynamoDB run for the tests of the file that calls this, once and at its head; gives what opens a store of a
 * kind with a partition of one's own. Files share this module where they run in one worker, so it keeps no server.
 */
export function stores() {
  const own: { server?: Dynamodb; store?: Store } = {};
  beforeAll(async () => {
    own.server = await startDynamodb({ credentials });
    const client = dynamodbClient(own.server.url);
    for (const table of TABLES) await client.send(new CreateTableCommand(table));
    own.store = dynamoStore(NAMES, systemClock, client);
  });
  afterAll(() => own.server?.stop());
  return (kind: (typeof STORES)[number]) => {
    const store = kind === "memory" ? memoryStore() : own.store;
    if (!store) throw new Error("no DynamoDB");
    return { store, pk: freshPk() };
  };
}
