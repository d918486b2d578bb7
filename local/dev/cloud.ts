import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, ResourceInUseException } from "@aws-sdk/client-dynamodb";
import { systemClock } from "../../core/lib/clock.ts";
import { startDynamodb } from "../aws/dynamodb.ts";
import { startScheduler } from "../aws/scheduler.ts";
import { queueArn, queueName } from "../aws/sqs-attributes.ts";
import { startSqs } from "../aws/sqs.ts";
import { TABLES } from "../aws/tables.ts";

const ACCOUNT = "000000000000";
const REGION = "eu-central-1";
const GROUP = "moxxie";
const RECEIVES = 5;

export const QUEUES = ["Expand", "Item", "Follow", "Fire"] as const;

async function createTables(endpoint: string): Promise<void> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials });
  for (const table of TABLES) {
    await client.send(new CreateTableCommand(table)).catch((error: unknown) => {
      if (!(error instanceof ResourceInUseException)) throw error;
    });
  }
  client.destroy();
}

/** The embedded parts of AWS, and what a function has to be told to find them. */
export async function startCloud(dir: string, visibilitySeconds: number) {
  const [dynamodb, sqs] = await Promise.all([
    startDynamodb({ dir }),
    startSqs({ clock: systemClock, file: join(dir, "sqs.jsonl") }),
  ]);
  const { queues } = sqs;
  queues.create("Dead", { retentionSeconds: 1_209_600 });
  for (const name of QUEUES) queues.create(name, { visibilitySeconds, dlq: "Dead", maxReceives: RECEIVES });
  const scheduler = await startScheduler({
    clock: systemClock,
    file: join(dir, "scheduler.jsonl"),
    invoke: async (target, input) => void queues.send(queueName(target.Arn), input),
    deadLetter: async (arn, input) => void queues.send(queueName(arn), input),
  });
  if (!scheduler.schedules.listGroups().some((group) => group.Name === GROUP))
    scheduler.schedules.createGroup(GROUP);
  await createTables(dynamodb.url);
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/moxxie-local`;
  const resources = {
    App: { name: "moxxie", stage: "local" },
    ...Object.fromEntries(TABLES.map(({ TableName }) => [TableName, { name: TableName }])),
    ...Object.fromEntries(QUEUES.map((name) => [name, { url: sqs.queueUrl(name) }])),
    Schedules: { group: GROUP, roleArn, targetArn: queueArn("Fire"), deadArn: queueArn("Dead") },
  };
  const environment = {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    AWS_ENDPOINT_URL_SQS: sqs.url,
    AWS_ENDPOINT_URL_SCHEDULER: scheduler.url,
  };
  const stop = async () => {
    await scheduler.stop();
    await sqs.stop();
    await dynamodb.stop();
  };
  return { queues, resources, environment, stop };
}

export type Cloud = Awaited<ReturnType<typeof startCloud>>;
