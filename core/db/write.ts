import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { single, toTransaction } from "./command.ts";
import type { Connection } from "./dynamo.ts";
import { sameRow, toRow } from "./row.ts";
import { LostRace, type Change } from "./store.ts";
import { transactionOf } from "./transaction.ts";
import { Unwritable } from "./unwritable.ts";

const ATTEMPTS = 8;

/** Which change of a transaction failed for its condition; undefined when another writer was merely in the way. */
function lostRace(error: TransactionCanceledException): LostRace | undefined {
  const reasons = error.CancellationReasons ?? [];
  const index = reasons.findIndex((reason) => reason.Code === "ConditionalCheckFailed");
  if (index < 0) return undefined;
  const item = reasons[index]?.Item;
  return new LostRace(index, item ? toRow(unmarshall(item)) : undefined);
}

const PASSING = new Set(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]);

/** Whether the same transaction may go through a moment later; one that is not valid never will. */
const passing = (error: TransactionCanceledException) =>
  (error.CancellationReasons ?? []).some((reason) => PASSING.has(reason.Code ?? ""));

/** A transaction of another writer that is at work on the row refuses ours; the SDK does not try that again. */
async function one(connection: Connection, change: Change, attempt = 1): Promise<void> {
  try {
    await single(connection.db, connection.names, change);
  } catch (error) {
    if (error instanceof TransactionConflictException && attempt < ATTEMPTS) {
      await connection.clock.sleep(10 * 2 ** attempt);
      return one(connection, change, attempt + 1);
    }
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const current = error.Item ? toRow(unmarshall(error.Item)) : undefined;
    // The SDK repeats a write whose answer was lost; then our own row stands in the way.
    if ("put" in change && current && sameRow(current, change.put)) return;
    throw new LostRace(0, current);
  }
}

async function all(connection: Connection, changes: readonly Change[], attempt = 1): Promise<void> {
  try {
    const TransactItems = changes.map((change) => toTransaction(connection.names, change));
    await connection.db.send(new TransactWriteCommand({ TransactItems }));
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const lost = lostRace(error);
    if (lost) throw lost;
    if (!passing(error) || attempt >= ATTEMPTS) throw error;
    await connection.clock.sleep(10 * 2 ** attempt);
    await all(connection, changes, attempt + 1);
  }
}

const isValidation = (error: unknown): error is Error =>
  error instanceof Error && error.name === "ValidationException";

const isInvalid = (error: unknown): error is Error =>
  isValidation(error) ||
  (error instanceof TransactionCanceledException &&
    (error.CancellationReasons ?? []).some((reason) => reason.Code === "ValidationError"));

/** One change is a request of its own; several are a transaction. */
export async function write(connection: Connection, changes: readonly Change[]): Promise<void> {
  const parts = transactionOf(changes);
  const [first, ...others] = parts.map(({ change }) => change);
  try {
    if (first && others.length === 0) await one(connection, first);
    else if (first) await all(connection, [first, ...others]);
  } catch (error) {
    if (error instanceof LostRace) throw new LostRace(parts[error.index]?.origin ?? 0, error.current);
    throw isInvalid(error) ? new Unwritable("invalid", error.message, error) : error;
  }
}
