import { production } from "./stage.ts";

const READ = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"];
const WRITE = [
  "dynamodb:PutItem",
  "dynamodb:UpdateItem",
  "dynamodb:DeleteItem",
  "dynamodb:ConditionCheckItem",
];
// Nobody can rewrite the past: an audit row is put once, and no function may update or delete it.
const APPEND = ["dynamodb:PutItem", "dynamodb:ConditionCheckItem"];

const keys = { fields: { pk: "string", sk: "string" } } as const;
const keysByTime = {
  fields: { ...keys.fields, gpk: "string", gsk: "string" },
  globalIndexes: { byTime: { hashKey: "gpk", rangeKey: "gsk", projection: "all" } },
} as const;

const state = table("State", keys, READ);
const history = table("History", keysByTime, READ);
const runtime = table("Runtime", keys, [...READ, ...WRITE]);
const audit = table("Audit", keys, [...READ, ...APPEND]);

/** What a function gets that has to do with tables: all to read, leases and counters to write, audit rows to append. */
export const tableLinks = {
  State: state.link,
  Runtime: runtime.link,
  History: history.link,
  Audit: audit.link,
};

// Who holds a key, and where a cluster's credential is sent, is not for a function to change that does something else.
const GUARDED = ["key#*", "cluster"];

/** What only a function with effect write gets: everything but API keys and how clusters are reached. */
export const tableWrites = {
  actions: WRITE,
  resources: [state.arn, history.arn],
  conditions: [onKeys("StringNotLike", GUARDED)],
};

/** What only a function gets that keeps API keys. */
export const keyWrites = {
  actions: WRITE,
  resources: [state.arn],
  conditions: [onKeys("StringLike", ["key#*"])],
};

/** Holds for rows by their partition keys; a transaction is judged row by row. */
function onKeys(test: "StringLike" | "StringNotLike", values: string[]) {
  return { test: `ForAllValues:${test}` as const, variable: "dynamodb:LeadingKeys", values };
}

/** A plain link would grant dynamodb:*; this one names the table and grants just the given actions on it and its indexes. */
function table(name: string, layout: typeof keys | typeof keysByTime, actions: string[]) {
  const { arn, name: tableName } = new sst.aws.Dynamo(`${name}Table`, {
    ...layout,
    primaryIndex: { hashKey: "pk", rangeKey: "sk" },
    ttl: "expiresAt",
    deletionProtection: production,
    transform: {
      table: (args) => {
        args.pointInTimeRecovery = { enabled: true };
        args.serverSideEncryption = { enabled: true };
      },
    },
  });
  const resources = "globalIndexes" in layout ? [arn, $interpolate`${arn}/index/*`] : [arn];
  const link = new sst.Linkable(name, {
    properties: { name: tableName },
    include: [sst.aws.permission({ actions, resources })],
  });
  return { arn, link };
}
