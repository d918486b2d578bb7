import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Clock } from "../lib/clock.ts";
import { get, getMany, query } from "./read.ts";
import type { Store, Table } from "./store.ts";
import { write } from "./write.ts";

export type TableNames = Readonly<Record<Table, string>>;

/** What the commands below need: the client, the tables' names and a clock for pauses between attempts. */
export interface Connection {
  readonly db: DynamoDBDocumentClient;
  readonly names: TableNames;
  readonly clock: Clock;
}

/** The store on DynamoDB. The SDK retries throttling; a conflict between transactions is retried in write.ts. */
export function dynamoStore(names: TableNames, clock: Clock, client = new DynamoDBClient({})): Store {
  const db = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const connection: Connection = { db, names, clock };
  return {
    get: (table, key, how) => get(connection, { table, key, ...how }),
    getMany: (table, keys, how) => getMany(connection, { table, keys, ...how }),
    query: (wanted) => query(connection, wanted),
    write: (changes) => write(connection, changes),
  };
}
