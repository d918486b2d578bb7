import { BatchGetCommand, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Connection, TableNames } from "./dynamo.ts";
import { Expression } from "./expression.ts";
import { isExpired, toRow } from "./row.ts";
import type { Key, Query, Reading, Row, Table } from "./store.ts";

const ATTEMPTS = 6;
/** Keys in one request. */
const MOST_KEYS = 100;

/** The rows of an answer that are still good. */
const living = ({ clock }: Connection, records: readonly Readonly<Record<string, unknown>>[] = []): Row[] =>
  records.filter((record) => !isExpired(record, clock.now())).map(toRow);

function queryCommand(names: TableNames, query: Query) {
  const expression = new Expression();
  const [hash, range] = query.index ? ["gpk", "gsk"] : ["pk", "sk"];
  const clauses = [`${expression.name(hash)} = ${expression.value(query.pk)}`];
  if ([query.prefix, query.before, query.after].filter((bound) => bound !== undefined).length > 1)
    throw new Error("a query takes one of prefix, before and after");
  if (query.prefix) clauses.push(`begins_with(${expression.name(range)}, ${expression.value(query.prefix)})`);
  else if (query.before) clauses.push(`${expression.name(range)} < ${expression.value(query.before)}`);
  else if (query.after) clauses.push(`${expression.name(range)} > ${expression.value(query.after)}`);
  return {
    TableName: names[query.table],
    KeyConditionExpression: clauses.join(" AND "),
    ...expression.placeholders,
    ScanIndexForward: !query.reverse,
    ConsistentRead: query.index === undefined && query.eventual !== true,
    ...(query.index ? { IndexName: query.index } : {}),
  };
}

export async function get(
  connection: Connection,
  { table, key, eventual = false }: { readonly table: Table; readonly key: Key } & Reading,
): Promise<Row | undefined> {
  const Key = { pk: key.pk, sk: key.sk };
  const { db, names } = connection;
  const { Item } = await db.send(new GetCommand({ TableName: names[table], Key, ConsistentRead: !eventual }));
  return living(connection, Item ? [Item] : [])[0];
}

/** As many keys as one request takes. Asks again for what DynamoDB left out of a large answer. */
async function some(
  connection: Connection,
  { table, keys, eventual = false }: { readonly table: Table; readonly keys: readonly Key[] } & Reading,
): Promise<Row[]> {
  const { db, names, clock } = connection;
  const name = names[table];
  const rows: Row[] = [];
  let waiting = keys.map(({ pk, sk }) => ({ pk, sk }));
  for (let attempt = 1; waiting.length > 0; attempt++) {
    if (attempt > ATTEMPTS) throw new Error(`DynamoDB left ${waiting.length} keys of ${table} unread`);
    const answer = await db.send(
      new BatchGetCommand({ RequestItems: { [name]: { Keys: waiting, ConsistentRead: !eventual } } }),
    );
    rows.push(...living(connection, answer.Responses?.[name]));
    waiting = (answer.UnprocessedKeys?.[name]?.Keys ?? []).map(toRow).map(({ pk, sk }) => ({ pk, sk }));
    if (waiting.length > 0) await clock.sleep(20 * 2 ** attempt);
  }
  return rows;
}

/** Rows by their keys, in as many requests as it takes. */
export async function getMany(
  connection: Connection,
  { keys, ...where }: { readonly table: Table; readonly keys: readonly Key[] } & Reading,
): Promise<Row[]> {
  const once = [...new Map(keys.map((key) => [`${key.pk}\n${key.sk}`, key])).values()];
  const rows: Row[] = [];
  for (let start = 0; start < once.length; start += MOST_KEYS)
    rows.push(...(await some(connection, { ...where, keys: once.slice(start, start + MOST_KEYS) })));
  return rows;
}

/** Follows DynamoDB's pages until the limit or the end. */
export async function query(connection: Connection, wanted: Query): Promise<Row[]> {
  const { db, names } = connection;
  const rows: Row[] = [];
  const command = queryCommand(names, wanted);
  let start: Record<string, unknown> | undefined;
  do {
    const Limit = wanted.limit === undefined ? undefined : wanted.limit - rows.length;
    const answer = await db.send(new QueryCommand({ ...command, Limit, ExclusiveStartKey: start }));
    rows.push(...living(connection, answer.Items));
    start = answer.LastEvaluatedKey;
  } while (start && (wanted.limit === undefined || rows.length < wanted.limit));
  return rows;
}
