import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, ResourceInUseException } from "@aws-sdk/client-dynamodb";
import { systemClock } from "../../core/lib/clock.ts";
import { secretText } from "../../core/lib/id.ts";
import { startDynamodb } from "../aws/dynamodb.ts";
import { startScheduler } from "../aws/scheduler.ts";
import type { Credentials } from "../aws/signature.ts";
import { queueArn, queueName } from "../aws/sqs-attributes.ts";
import { startSqs } from "../aws/sqs.ts";
import { TABLES } from "../aws/tables.ts";

const ACCOUNT = "000000000000";
const REGION = "eu-central-1";
const GROUP = "moxxie";
const RECEIVES = 5;
/** As in infra: the next tick does the work of a message that is older. */
const INVENTORY_SECONDS = 120;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/moxxie-local`;

export const QUEUES = ["Expand", "Item", "Follow", "Fire", "Inventory"] as const;

/** A client for the tables of this run. */
const clientOf = (endpoint: string, credentials: Credentials) =>
  new DynamoDBClient({ endpoint, region: REGION, credentials });

async function createTables(client: DynamoDBClient): Promise<void> {
  for (const table of TABLES) {
    await client.send(new CreateTableCommand(table)).catch((error: unknown) => {
      if (!(error instanceof ResourceInUseException)) throw error;
    });
  }
}

/** The linked resources, as SST would tell them to a function. */
const resourcesOf = (queueUrl: (name: string) => string) => ({
  App: { name: "moxxie", stage: "local" },
  ...Object.fromEntries(TABLES.map(({ TableName }) => [TableName, { name: TableName }])),
  ...Object.fromEntries(QUEUES.map((name) => [name, { url: queueUrl(name) }])),
  Schedules: { group: GROUP, roleArn: ROLE, targetArn: queueArn("Fire"), deadArn: queueArn("Dead") },
});

const environmentOf = (credentials: Credentials, urls: Readonly<Record<string, string>>) => ({
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  ...Object.fromEntries(Object.entries(urls).map(([service, url]) => [`AWS_ENDPOINT_URL_${service}`, url])),
});

/** The embedded parts of AWS, and what a function has to be told to find them. */
export async function startCloud(dir: string, visibilitySeconds: number) {
  // The id stays the same, since DynamoDB Local keeps the tables of each apart; the secret is of this run alone.
  const credentials = { accessKeyId: "local", secretAccessKey: secretText(32) };
  const [dynamodb, sqs] = await Promise.all([
    startDynamodb({ dir, credentials }),
    startSqs({ clock: systemClock, credentials, file: join(dir, "sqs.jsonl") }),
  ]);
  const { queues } = sqs;
  queues.create("Dead", { retentionSeconds: 1_209_600 });
  for (const name of QUEUES) {
    const retention = name === "Inventory" ? { retentionSeconds: INVENTORY_SECONDS } : {};
    queues.create(name, { visibilitySeconds, dlq: "Dead", maxReceives: RECEIVES, ...retention });
  }
  const scheduler = await startScheduler({
    clock: systemClock,
    credentials,
    file: join(dir, "scheduler.jsonl"),
    invoke: async (target, input) => void queues.send(queueName(target.Arn), input),
    deadLetter: async (arn, input) => void queues.send(queueName(arn), input),
  });
  if (!scheduler.schedules.listGroups().some((group) => group.Name === GROUP))
    scheduler.schedules.createGroup(GROUP);
  const db = clientOf(dynamodb.url, credentials);
  await createTables(db);
  const urls = { DYNAMODB: dynamodb.url, SQS: sqs.url, SCHEDULER: scheduler.url };
  const stop = async () => {
    db.destroy();
    await scheduler.stop();
    await sqs.stop();
    await dynamodb.stop();
  };
  return {
    db,
    queues,
    resources: resourcesOf((name) => sqs.queueUrl(name)),
    environment: environmentOf(credentials, urls),
    stop,
  };
}

export type Cloud = Awaited<ReturnType<typeof startCloud>>;
