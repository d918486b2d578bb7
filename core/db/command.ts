import {
  DeleteCommand,
  PutCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
  type TransactWriteCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { Expression } from "./expression.ts";
import type { Change } from "./store.ts";
import type { TableNames } from "./dynamo.ts";

const ALL_OLD = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;

function parts(names: TableNames, change: Change) {
  const expression = new Expression();
  const update = "update" in change ? expression.update(change) : undefined;
  const condition = expression.condition(change.when);
  const common = {
    TableName: names[change.table],
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
    ...expression.placeholders,
    ...ALL_OLD,
  };
  return { common, update, condition };
}

/** A change as its own request. */
export async function single(db: DynamoDBDocumentClient, names: TableNames, change: Change): Promise<void> {
  const { common, update } = parts(names, change);
  if ("put" in change) await db.send(new PutCommand({ ...common, Item: change.put }));
  else if ("remove" in change) await db.send(new DeleteCommand({ ...common, Key: { ...change.remove } }));
  else if ("update" in change)
    await db.send(new UpdateCommand({ ...common, Key: { ...change.update }, UpdateExpression: update }));
  else throw new Error("a check stands only beside another change");
}

type TransactItem = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

/** A change as a part of a transaction. */
export function toTransaction(names: TableNames, change: Change): TransactItem {
  const { common, update, condition } = parts(names, change);
  if ("put" in change) return { Put: { ...common, Item: change.put } };
  if ("remove" in change) return { Delete: { ...common, Key: { ...change.remove } } };
  if ("check" in change)
    return { ConditionCheck: { ...common, Key: { ...change.check }, ConditionExpression: condition } };
  return { Update: { ...common, Key: { ...change.update }, UpdateExpression: update } };
}
