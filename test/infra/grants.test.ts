import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { problems } from "./check.ts";
import { type Lambda, lambdaOf, lambdasOf, ofType } from "./stack.ts";
import { type Stack, synth } from "./synth.ts";

const EVERYONE = [
  "dynamodb:BatchGetItem Audit",
  "dynamodb:BatchGetItem History",
  "dynamodb:BatchGetItem History index",
  "dynamodb:BatchGetItem Runtime",
  "dynamodb:BatchGetItem State",
  "dynamodb:ConditionCheckItem Audit",
  "dynamodb:ConditionCheckItem Runtime",
  "dynamodb:DeleteItem Runtime",
  "dynamodb:GetItem Audit",
  "dynamodb:GetItem History",
  "dynamodb:GetItem History index",
  "dynamodb:GetItem Runtime",
  "dynamodb:GetItem State",
  "dynamodb:PutItem Audit",
  "dynamodb:PutItem Runtime",
  "dynamodb:Query Audit",
  "dynamodb:Query History",
  "dynamodb:Query History index",
  "dynamodb:Query Runtime",
  "dynamodb:Query State",
  "dynamodb:UpdateItem Runtime",
];
const WRITER = ["PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"].flatMap((verb) => [
  `dynamodb:${verb} State`,
  `dynamodb:${verb} History`,
]);
const QUEUES = ["Expand", "Item", "Follow", "Fire", "Inventory"];
const LOOKER = QUEUES.map((name) => `sqs:GetQueueAttributes ${name}`);
const SENDER = [...LOOKER, ...QUEUES.map((name) => `sqs:SendMessage ${name}`)];
const WATCHER = ["scheduler:GetSchedule schedule", "scheduler:GetScheduleGroup group"];
const KEEPER = [
  ...WATCHER,
  ...["Create", "Update", "Delete"].map((verb) => `scheduler:${verb}Schedule schedule`),
  "iam:PassRole ScheduleRole",
];
const CONSUMER = ["ChangeMessageVisibility", "DeleteMessage", "GetQueueUrl", "ReceiveMessage"];

const document = path.join(import.meta.dirname, "openapi.json");
let stack: Stack;

beforeAll(async () => {
  stack = await synth({ document });
});

test("the checker that the faults are planted for finds none here", async () => {
  expect(problems(stack, JSON.parse(await readFile(document, "utf8")))).toEqual([]);
});

test("a route that reads can append to the audit log and count in Runtime, and write nothing else", () => {
  const lambda = lambdaOf(stack, "functions/api/health/get");
  expect(rightsOf(lambda)).toEqual(EVERYONE);
  expect(lambda.vpcConfig).toBeUndefined();
});

test("a route that reads from Proxmox sits in the VPC and reads the clusters' secrets", () => {
  const lambda = lambdaOf(stack, "functions/api/vms/list");
  expect(rightsOf(lambda)).toEqual([...EVERYONE, "ssm:GetParameter clusters"].toSorted());
  expect(lambda.vpcConfig?.subnetIds).toHaveLength(2);
});

test("a route that writes and needs nothing reaches State and History, no queue, no schedule, no secret", () => {
  expect(rightsOf(lambdaOf(stack, "functions/api/keys/create"))).toEqual([...EVERYONE, ...WRITER].toSorted());
});

test("a route that needs the queues may send to each of the five, and receives from none", () => {
  const lambda = lambdaOf(stack, "functions/api/vms/bulk");
  expect(rightsOf(lambda)).toEqual([...EVERYONE, ...WRITER, ...SENDER].toSorted());
});

test("a route that needs the scheduler keeps schedules of our group only, and passes on one role only", () => {
  const lambda = lambdaOf(stack, "functions/api/jobs/update");
  expect(rightsOf(lambda)).toEqual([...EVERYONE, ...WRITER, ...SENDER, ...KEEPER].toSorted());
});

test("a route that reads may look at queues and schedules, and neither send nor keep any", () => {
  const lambda = lambdaOf(stack, "functions/api/health/ready");
  expect(rightsOf(lambda)).toEqual([...EVERYONE, ...LOOKER, ...WATCHER].toSorted());
});

test("only a route that needs secrets can write one", () => {
  const verbs = ["GetParameter", "PutParameter", "DeleteParameter"].map((verb) => `ssm:${verb} clusters`);
  expect(rightsOf(lambdaOf(stack, "functions/api/clusters/create"))).toEqual(
    [...EVERYONE, ...WRITER, ...verbs].toSorted(),
  );
});

test.for(["Expand", "Item", "Follow"])(
  "worker %s consumes its own queue, sends to all, and talks to Proxmox",
  (name) => {
    const lambda = lambdaOf(stack, `functions/worker/${name.toLowerCase()}`);
    const consumes = CONSUMER.map((verb) => `sqs:${verb} ${name}`);
    const rights = new Set([...EVERYONE, ...WRITER, ...SENDER, ...consumes, "ssm:GetParameter clusters"]);
    expect(rightsOf(lambda)).toEqual([...rights].toSorted());
    expect(lambda.vpcConfig).toBeDefined();
  },
);

test("worker Inventory consumes its own queue, sends to none, and talks to Proxmox", () => {
  const lambda = lambdaOf(stack, "functions/worker/inventory");
  const consumes = [...CONSUMER, "GetQueueAttributes"].map((verb) => `sqs:${verb} Inventory`);
  expect(rightsOf(lambda)).toEqual(
    [...EVERYONE, ...WRITER, ...consumes, "ssm:GetParameter clusters"].toSorted(),
  );
  expect(lambda.vpcConfig).toBeDefined();
});

test("reconcile, and no worker and no other cron, keeps schedules", () => {
  const keepers = lambdasOf(stack).filter((lambda) => rightsOf(lambda).includes("iam:PassRole ScheduleRole"));
  expect(keepers.map(({ file }) => file).toSorted()).toEqual([
    "functions/api/jobs/update",
    "functions/cron/reconcile",
  ]);
});

test("the first administrator's key is seen by the cron that plants it alone", () => {
  const seers = lambdasOf(stack).filter(({ links }) => links.includes("AdminKey"));
  expect(seers.map(({ file }) => file)).toEqual(["functions/cron/reconcile"]);
});

test("every route can check a key, no worker can", () => {
  const checkers = lambdasOf(stack).filter(({ links }) => links.includes("KeyPepper"));
  const routes = lambdasOf(stack).filter(
    ({ file }) => file.startsWith("functions/api/") && file !== "functions/api/live",
  );
  expect(routes).toHaveLength(8);
  expect(new Set(checkers)).toEqual(new Set([...routes, lambdaOf(stack, "functions/cron/reconcile")]));
});

test("F3: what seals a guest's password and what opens it are told the sealing key, and nothing else is", () => {
  const told = lambdasOf(stack).filter(({ links }) => links.includes("SealingKey"));
  expect(told.map(({ file }) => file)).toEqual(["functions/worker/item"]);
});

test("F5: only what plants the first key can write one, and nothing can change where a credential is sent", () => {
  const writers = lambdasOf(stack).map(({ file, statements }) => {
    const onState = statements.filter(
      ({ Action, Resource }) =>
        Action.includes("dynamodb:PutItem") && Resource.some((arn) => familiar(arn) === "State"),
    );
    return {
      file,
      keys: onState.flatMap(({ Condition = [] }) => Condition.map(({ test, values }) => [test, ...values])),
    };
  });
  const all = ["ForAllValues:StringNotLike", "key#*", "cluster"];
  const keeper = ["ForAllValues:StringLike", "key#*"];
  for (const { file, keys } of writers.filter((one) => one.keys.length > 0))
    expect({ file, keys }).toEqual({
      file,
      keys: file === "functions/cron/reconcile" ? [all, keeper] : [all],
    });
  expect(writers.filter((one) => one.keys.length > 0).length).toBeGreaterThan(8);
});

test("F5: a route that anybody may call sees no table and no secret", () => {
  const lambda = lambdaOf(stack, "functions/api/live");
  expect([rightsOf(lambda), lambda.links]).toEqual([[], []]);
});

test("D12: what no route takes is answered by one function that sees no table and no secret", () => {
  const routes = ofType(stack, "aws:apigatewayv2/route:Route").map(({ inputs }) => inputs["routeKey"]);
  expect(routes.filter((key) => key === "$default")).toHaveLength(1);
  const lambda = lambdaOf(stack, "functions/http/unrouted");
  expect([rightsOf(lambda), lambda.links, lambda.vpcConfig]).toEqual([[], [], undefined]);
});

test("a function is told the names of what it may use, and of nothing else", () => {
  const tables = ["Audit", "History", "Runtime", "State"];
  const links = (file: string) => lambdaOf(stack, file).links.toSorted();
  expect(links("functions/api/health/get")).toEqual([...tables, "KeyPepper"].toSorted());
  expect(links("functions/api/vms/list")).toEqual([...tables, "KeyPepper", "Clusters"].toSorted());
  expect(links("functions/worker/fire")).toEqual(
    [...tables, "Expand", "Item", "Follow", "Fire", "Inventory", "Clusters"].toSorted(),
  );
});

test("links carry what the code reads: names, addresses, the schedules' group and targets", () => {
  const links = stack.built.find(({ handler }) => handler === "functions/cron/reconcile.handler")?.links;
  expect(links).toMatchObject({
    State: { name: expect.stringMatching(/StateTable/) },
    Item: { url: expect.stringMatching(/^https:\/\/sqs\..*ItemQueue/) },
    Clusters: { path: "/moxxie/test/clusters/" },
    Schedules: {
      group: "moxxie-test",
      roleArn: expect.stringMatching(/:role\/ScheduleRole/),
      targetArn: expect.stringMatching(/FireQueue/),
      deadArn: expect.stringMatching(/DeadQueue/),
    },
  });
});

/** Each right on a line, with the resource by the name we know it under. */
function rightsOf(lambda: Lambda): string[] {
  const lines = lambda.statements.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((arn) => `${action} ${familiar(arn)}`)),
  );
  return [...new Set(lines)].toSorted();
}

function familiar(arn: string): string {
  const table = /table\/moxxie-test-(\w+?)Table.*?(\/index\/\*)?$/.exec(arn);
  if (table) return table[2] ? `${table[1]} index` : `${table[1]}`;
  if (arn.endsWith(":parameter/moxxie/test/clusters/*")) return "clusters";
  if (arn.endsWith(":schedule/moxxie-test/*")) return "schedule";
  if (arn.endsWith(":schedule-group/moxxie-test")) return "group";
  return /moxxie-test-(\w+?)Queue/.exec(arn)?.[1] ?? /:role\/(\w+)/.exec(arn)?.[1] ?? arn;
}
