import * as z from "zod";
import { AwsError } from "./aws-error.ts";
import type { Tools } from "./dynoxide-tools.ts";

const Item = z.record(z.string(), z.unknown());
const Change = z.object({
  TableName: z.string(),
  Key: Item.optional(),
  Item: Item.optional(),
  ReturnValuesOnConditionCheckFailure: z.string().optional(),
});
type Change = z.infer<typeof Change>;
const Transaction = z.object({
  TransactItems: z.array(z.partialRecord(z.enum(["Put", "Update", "Delete", "ConditionCheck"]), Change)),
});
const Described = z.object({
  Table: z.object({ KeySchema: z.array(z.object({ AttributeName: z.string() })) }),
});
const Found = z.object({ Item: Item.optional() });

const LOST = "ConditionalCheckFailed";

/** A refusal with what DynamoDB says beside its message. */
export class Refused extends AwsError {
  readonly particulars: Readonly<Record<string, unknown>>;

  constructor(error: AwsError, particulars: Readonly<Record<string, unknown>>) {
    super(error.code, error.message, error.status);
    this.particulars = particulars;
  }
}

async function read(tools: Tools, tool: string, input: Readonly<Record<string, unknown>>): Promise<unknown> {
  return JSON.parse((await tools.call(tool, input)).text);
}

/** The item that a condition was about; nothing where it was not asked for, or there is none. */
async function itemOf(tools: Tools, change: Change) {
  if (change.ReturnValuesOnConditionCheckFailure !== "ALL_OLD") return undefined;
  const table_name = change.TableName;
  const { Table } = Described.parse(await read(tools, "describe_table", { table_name, raw: true }));
  const whole = change.Key ?? change.Item ?? {};
  const key = Object.fromEntries(Table.KeySchema.map(({ AttributeName: name }) => [name, whole[name]]));
  return Found.parse(await read(tools, "get_item", { table_name, key })).Item;
}

/** The reasons of a cancelled transaction: their codes stand in its message, `[None, ConditionalCheckFailed]`. */
async function reasonsOf(tools: Tools, message: string, body: unknown) {
  const codes = /\[([\w, ]+)\]/.exec(message)?.[1]?.split(", ") ?? [];
  const changes = Transaction.parse(body).TransactItems.flatMap((item) => Object.values(item));
  return Promise.all(
    codes.map(async (Code, index) => {
      const change = changes[index];
      if (Code !== LOST || !change) return { Code };
      return { Code, Message: "The conditional request failed", Item: await itemOf(tools, change) };
    }),
  );
}

/** A refusal with the items that its conditions met. Dynoxide's tools leave them out, so they are read before anything else is written. */
export async function withItems(tools: Tools, error: AwsError, body: unknown): Promise<AwsError> {
  if (error.code === "ConditionalCheckFailedException")
    return new Refused(error, { Item: await itemOf(tools, Change.parse(body)) });
  if (error.code !== "TransactionCanceledException") return error;
  return new Refused(error, { CancellationReasons: await reasonsOf(tools, error.message, body) });
}
