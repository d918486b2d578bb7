import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { esbuild } from "../../infra/esbuild.ts";
import { problems } from "./check.ts";
import { arnsOf, inputsOf, lambdaOf, lambdasOf, ofType, statementsOf } from "./stack.ts";
import { type Stack, synth } from "./synth.ts";

const TABLES = ["State", "Runtime", "History", "Audit"];
const QUEUES = ["Expand", "Item", "Follow", "Fire", "Inventory"];

let stack: Stack;
let document: unknown;

beforeAll(async () => {
  document = JSON.parse(await readFile(path.resolve(import.meta.dirname, "../../openapi.json"), "utf8"));
  stack = await synth({ stage: "production" });
});

test("every route, worker and cron of the product has its own function with exactly the rights it declares", () => {
  expect(problems(stack, document)).toEqual([]);
});

test("the HTTP API stays below 280 routes: AWS takes 300, and raises it for nobody", () => {
  const routes = ofType(stack, "aws:apigatewayv2/route:Route");
  expect(routes.length).toBeGreaterThan(0);
  expect(routes.length).toBeLessThan(280);
});

test("no function's rights outgrow what IAM takes in one policy", () => {
  const longest = Math.max(...lambdasOf(stack).map(({ statements }) => JSON.stringify(statements).length));
  expect(longest).toBeLessThan(10_000);
});

test("the HTTP API answers no browser preflight", () => {
  expect(inputsOf(stack, "aws:apigatewayv2/api:Api", "ApiApi")).toMatchObject({
    protocolType: "HTTP",
    corsConfiguration: {},
  });
});

test("every function runs Node 24 on arm64, logs JSON, is minified, and leaves out what never runs", () => {
  const shapes = lambdasOf(stack).map(({ runtime, architectures, memorySize, loggingConfig }) =>
    [runtime, ...architectures, memorySize, loggingConfig.logFormat].join(" "),
  );
  expect([...new Set(shapes)]).toEqual(["nodejs24.x arm64 512 JSON"]);
  expect(stack.built.filter(({ properties }) => properties.minify !== true)).toEqual([]);
  expect(stack.built.length).toBeGreaterThan(0);
  for (const { properties } of stack.built) expect(properties.esbuild).toEqual(esbuild);
});

test("every log is deleted after a month", () => {
  const groups = ofType(stack, "aws:cloudwatch/logGroup:LogGroup");
  expect(new Set(groups.map(({ inputs }) => inputs["retentionInDays"]))).toEqual(new Set([30]));
});

test("a route gives up before the gateway does, a worker well within its message's visibility", () => {
  const limits = new Set(
    lambdasOf(stack)
      .filter(({ file }) => file.includes("/api/"))
      .map(({ timeout }) => timeout),
  );
  expect([...limits]).toEqual([29]);
  for (const name of ["expand", "item", "follow", "fire", "inventory"]) {
    expect(lambdaOf(stack, `functions/worker/${name}`).timeout).toBe(60);
  }
});

test.for(TABLES)("in production %s survives a mistaken removal and can be restored to any second", (name) => {
  expect(inputsOf(stack, "aws:dynamodb/table:Table", `${name}TableTable`)).toMatchObject({
    hashKey: "pk",
    rangeKey: "sk",
    billingMode: "PAY_PER_REQUEST",
    ttl: { attributeName: "expiresAt", enabled: true },
    pointInTimeRecovery: { enabled: true },
    deletionProtectionEnabled: true,
    serverSideEncryption: { enabled: true },
  });
});

test("production as a whole is kept when removed, and refuses to be", () => {
  expect(stack.app).toMatchObject({ removal: "retain", protect: true });
});

test("history alone is indexed, by time", () => {
  const indexes = TABLES.map(
    (name) => inputsOf(stack, "aws:dynamodb/table:Table", `${name}TableTable`)["globalSecondaryIndexes"],
  );
  expect(indexes).toEqual([
    [],
    [],
    [{ name: "byTime", hashKey: "gpk", rangeKey: "gsk", projectionType: "ALL" }],
    [],
  ]);
});

test.for(QUEUES)("a message of %s is tried five times, then left to people", (name) => {
  const queue = inputsOf(stack, "aws:sqs/queue:Queue", `${name}QueueQueue`);
  expect(queue).toMatchObject({
    fifoQueue: false,
    visibilityTimeoutSeconds: 360,
    sqsManagedSseEnabled: true,
  });
  const redrive: unknown = JSON.parse(String(queue["redrivePolicy"]));
  expect(redrive).toEqual({ deadLetterTargetArn: arnsOf(stack).queue("Dead"), maxReceiveCount: 5 });
});

test("B8: what was to be listed is forgotten after two ticks, and all other messages are kept", () => {
  const kept = QUEUES.map(
    (name) => inputsOf(stack, "aws:sqs/queue:Queue", `${name}QueueQueue`)["messageRetentionSeconds"],
  );
  expect(kept).toEqual([undefined, undefined, undefined, undefined, 120]);
});

test("B8: a worker that a cluster's answers kill again and again raises an alarm", () => {
  const alarm = inputsOf(stack, "aws:cloudwatch/metricAlarm:MetricAlarm", "ListerAlarm");
  expect(alarm).toMatchObject({
    namespace: "AWS/Lambda",
    metricName: "Errors",
    threshold: 0,
    evaluationPeriods: 5,
    datapointsToAlarm: 3,
    treatMissingData: "notBreaching",
    alarmActions: [stack.outputs["alarms"]],
  });
  expect(alarm["dimensions"]).toEqual({ FunctionName: lambdaOf(stack, "functions/worker/inventory").name });
});

test("a dead message is kept a fortnight", () => {
  const dead = inputsOf(stack, "aws:sqs/queue:Queue", "DeadQueueQueue");
  expect(dead).toMatchObject({ messageRetentionSeconds: 1_209_600, sqsManagedSseEnabled: true });
});

test("a worker fails single messages, not its batch; item is held to 50 at once and inventory to 20, with one message each", () => {
  const mappings = ofType(stack, "aws:lambda/eventSourceMapping:EventSourceMapping").map(
    ({ inputs }) => inputs,
  );
  const seen = QUEUES.map((name) => {
    const mapping = mappings.find(({ eventSourceArn }) => eventSourceArn === arnsOf(stack).queue(name));
    return [name, mapping?.["batchSize"], mapping?.["functionResponseTypes"], mapping?.["scalingConfig"]];
  });
  const partial = ["ReportBatchItemFailures"];
  expect(seen).toEqual([
    ["Expand", 1, partial, undefined],
    ["Item", 1, partial, { maximumConcurrency: 50 }],
    ["Follow", 5, partial, undefined],
    ["Fire", 5, partial, undefined],
    ["Inventory", 1, partial, { maximumConcurrency: 20 }],
  ]);
});

test.for([...QUEUES, "Dead"])("%s takes no message over plain HTTP", (name) => {
  const { policy } = inputsOf(stack, "aws:sqs/queuePolicy:QueuePolicy", `${name}QueuePolicy`);
  const plain = { Bool: { "aws:SecureTransport": "false" } };
  expect(JSON.parse(String(policy))).toMatchObject({
    Statement: [{ Effect: "Deny", Resource: arnsOf(stack).queue(name), Condition: plain }],
  });
});

test("a schedule can send to the fire and dead queues and nothing else, and only from our own group", () => {
  expect(inputsOf(stack, "aws:scheduler/scheduleGroup:ScheduleGroup", "ScheduleGroup")["name"]).toBe(
    "moxxie-production",
  );
  const role = inputsOf(stack, "aws:iam/role:Role", "ScheduleRole");
  const { queue } = arnsOf(stack);
  expect(statementsOf(role)).toEqual([
    { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [queue("Fire"), queue("Dead")] },
  ]);
  expect(String(role["assumeRolePolicy"])).toContain(":schedule-group/moxxie-production");
});

test("the crons tick at their rates, and a failed tick is left to the next", () => {
  const schedules = ofType(stack, "aws:scheduler/schedule:Schedule").map(({ inputs }) => inputs);
  expect(schedules.map(({ scheduleExpression }) => String(scheduleExpression)).toSorted()).toEqual([
    "rate(1 hour)",
    "rate(1 minute)",
    "rate(5 minutes)",
    "rate(5 minutes)",
  ]);
  for (const { target } of schedules)
    expect(target).toMatchObject({ retryPolicy: { maximumRetryAttempts: 0 } });
  expect(lambdaOf(stack, "functions/cron/inventory").timeout).toBeLessThan(60);
  expect(lambdaOf(stack, "functions/cron/sweep").timeout).toBeLessThan(300);
});

test("one dead message raises an alarm that goes somewhere", () => {
  const alarm = inputsOf(stack, "aws:cloudwatch/metricAlarm:MetricAlarm", "DeadQueueAlarm");
  expect(alarm).toMatchObject({
    metricName: "ApproximateNumberOfMessagesVisible",
    comparisonOperator: "GreaterThanThreshold",
    threshold: 0,
    dimensions: { QueueName: inputsOf(stack, "aws:sqs/queue:Queue", "DeadQueueQueue")["name"] },
    alarmActions: [stack.outputs["alarms"]],
  });
});

test("table traffic from the VPC does not pass the NAT", () => {
  expect(inputsOf(stack, "aws:ec2/vpcEndpoint:VpcEndpoint", "DynamoEndpoint")).toMatchObject({
    vpcEndpointType: "Gateway",
    serviceName: "com.amazonaws.eu-central-1.dynamodb",
    routeTableIds: [expect.any(String), expect.any(String)],
  });
});
