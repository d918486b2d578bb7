import * as z from "zod";
import { AwsError, parseOr } from "./aws-error.ts";
import type { Tools } from "./dynoxide-tools.ts";

const Fields = z.record(z.string(), z.unknown());
type Fields = z.infer<typeof Fields>;

/** The operations that there are, by the tools that do them, with the fields that each tool knows. */
const ITEM = ["TableName", "ExpressionAttributeNames"];
const CHANGE = [...ITEM, "ExpressionAttributeValues", "ConditionExpression", "ReturnValues"];
const PAGE = [
  ...ITEM,
  "ExpressionAttributeValues",
  "FilterExpression",
  "IndexName",
  "Limit",
  "ExclusiveStartKey",
];
const OPERATIONS: Readonly<Record<string, { readonly tool: string; readonly fields: readonly string[] }>> = {
  GetItem: { tool: "get_item", fields: [...ITEM, "Key", "ProjectionExpression"] },
  BatchGetItem: { tool: "batch_get_item", fields: ["RequestItems"] },
  Query: {
    tool: "query",
    fields: [...PAGE, "KeyConditionExpression", "ScanIndexForward", "ProjectionExpression"],
  },
  Scan: { tool: "scan", fields: [...PAGE, "ProjectionExpression"] },
  PutItem: { tool: "put_item", fields: [...CHANGE, "Item"] },
  UpdateItem: { tool: "update_item", fields: [...CHANGE, "Key", "UpdateExpression"] },
  DeleteItem: { tool: "delete_item", fields: [...CHANGE, "Key"] },
  TransactWriteItems: { tool: "transact_write_items", fields: ["TransactItems", "ClientRequestToken"] },
  CreateTable: {
    tool: "create_table",
    fields: ["TableName", "BillingMode", "KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes"],
  },
};
/** There is one copy of everything, so a read is always consistent; failed conditions are answered from here. */
const NEEDLESS = new Set(["ConsistentRead", "ReturnValuesOnConditionCheckFailure"]);
export const WRITES = new Set(["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"]);

const snake = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();

/** The same with the tools' spelling of names, all the way down: a table's description holds no data. */
function spelt(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spelt);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [snake(name), spelt(field)]));
}

/** The tool for an operation of DynamoDB and what it is given; a field that the tool would overlook is refused. */
function toTool(operation: string, body: unknown): { tool: string; input: Fields } {
  const known = OPERATIONS[operation];
  if (!known) throw new AwsError("UnknownOperationException", `The embedded DynamoDB has no "${operation}".`);
  const given = Object.entries(parseOr("SerializationException", Fields, body));
  const entries = given.filter(([name, value]) => value !== undefined && !NEEDLESS.has(name));
  const unknown = entries.find(([name]) => !known.fields.includes(name));
  if (unknown)
    throw new AwsError("ValidationException", `The embedded DynamoDB has no "${unknown[0]}" there.`);
  const deep = known.tool === "create_table";
  return {
    tool: known.tool,
    input: Object.fromEntries(entries.map(([name, value]) => [snake(name), deep ? spelt(value) : value])),
  };
}

const Refusal = z.object({ error_type: z.string(), message: z.string() });

/** A refusal in DynamoDB's words; what is none of them is about the shape of the request. */
function refusalOf(text: string): AwsError {
  const read = z.string().transform((json, ctx) => {
    try {
      return JSON.parse(json);
    } catch {
      ctx.addIssue("not JSON");
      return z.NEVER;
    }
  });
  const told = read.pipe(Refusal).safeParse(text).data;
  return told ? new AwsError(told.error_type, told.message) : new AwsError("SerializationException", text);
}

/** Does one operation; throws DynamoDB's refusal as an AwsError. */
export async function perform(tools: Tools, operation: string, body: unknown): Promise<unknown> {
  const { tool, input } = toTool(operation, body);
  const { refused, text } = await tools.call(tool, input);
  if (refused) throw refusalOf(text);
  return JSON.parse(text);
}
