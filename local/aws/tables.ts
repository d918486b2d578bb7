import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";

const KEYS = [
  { AttributeName: "pk", KeyType: "HASH" },
  { AttributeName: "sk", KeyType: "RANGE" },
] as const;

const text = (AttributeName: string) => ({ AttributeName, AttributeType: "S" as const });

const plain = (TableName: string): CreateTableCommandInput & { TableName: string } => ({
  TableName,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [text("pk"), text("sk")],
  KeySchema: [...KEYS],
});

const BY_TIME = {
  IndexName: "byTime",
  KeySchema: [
    { AttributeName: "gpk", KeyType: "HASH" as const },
    { AttributeName: "gsk", KeyType: "RANGE" as const },
  ],
  Projection: { ProjectionType: "ALL" as const },
};

/** The tables of docs/data.md; a test compares them with what infra makes. */
export const TABLES = [
  plain("State"),
  plain("Runtime"),
  {
    ...plain("History"),
    AttributeDefinitions: [text("pk"), text("sk"), text("gpk"), text("gsk")],
    GlobalSecondaryIndexes: [BY_TIME],
  },
  plain("Audit"),
];
