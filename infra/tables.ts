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

/** What every function gets: all tables to read, leases and counters to write, audit rows to append. */
export const tableLinks = [state.link, runtime.link, history.link, audit.link];

/** What only a function with effect write gets. */
export const tableWrites = { actions: WRITE, resources: [state.arn, history.arn] };

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
