import * as z from "zod";
import { arnsOf, type Lambda, lambdasOf, may, ofType } from "./stack.ts";
import type { Stack } from "./synth.ts";

const Operation = z.object({
  "x-file": z.string(),
  "x-effect": z.enum(["read", "write"]),
  "x-needs": z.array(z.enum(["proxmox", "queue", "scheduler", "secrets", "sealing"])),
  security: z.array(z.unknown()).optional(),
});
const Document = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const Route = z.object({ routeKey: z.string(), target: z.string() });
const Integration = z.object({ integrationUri: z.string() });
const Queue = z.object({ name: z.string(), redrivePolicy: z.string().optional() });
const Redrive = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.number() });
const Mapping = z.object({ eventSourceArn: z.string(), functionResponseTypes: z.array(z.string()) });

type Duty = { effect: "read" | "write"; needs: readonly string[]; links: readonly string[] };

const METHODS = new Set(["get", "post", "put", "patch", "delete"]);
const TASK: Duty = { effect: "write", needs: ["tables", "proxmox", "queue"], links: [] };
const LISTER: Duty = { ...TASK, needs: ["tables", "proxmox"] };
const TICKER: Duty = { ...TASK, needs: ["tables", "queue"] };
const OPENER: Duty = { ...TASK, links: ["SealingKey"] };
const UNROUTED = {
  key: "$default",
  file: "functions/http/unrouted",
  duty: { effect: "read", needs: [], links: [] } satisfies Duty,
};
const KEEPER: Duty = {
  effect: "write",
  needs: ["tables", "proxmox", "queue", "scheduler", "admin-key"],
  links: ["KeyPepper", "AdminKey"],
};
const WORKERS = new Map([
  ["expand", TASK],
  ["item", OPENER],
  ["follow", TASK],
  ["fire", TASK],
  ["inventory", LISTER],
]);
const CRONS = new Map([
  ["inventory", TICKER],
  ["expire", TASK],
  ["sweep", TASK],
  ["reconcile", KEEPER],
]);

/** What is wrong with a stack, given the document it was made from: one line per fault, naming its place. */
export function problems(stack: Stack, document: unknown): string[] {
  const routes = [...routesOf(document), UNROUTED];
  const lambdas = lambdasOf(stack);
  const duties = new Map<string, Duty>([
    ...routes.map(({ file, duty }): [string, Duty] => [file, duty]),
    ...[...WORKERS].map(([name, duty]): [string, Duty] => [`functions/worker/${name}`, duty]),
    ...[...CRONS].map(([name, duty]): [string, Duty] => [`functions/cron/${name}`, duty]),
  ]);
  return [
    ...routeProblems(stack, routes, lambdas),
    ...[...duties].flatMap(([file, duty]) => dutyProblems(stack, file, duty, lambdas)),
    ...lambdas
      .filter(({ file }) => !duties.has(file))
      .map(({ file }) => `${file}: a function nobody asked for`),
    ...queueProblems(stack),
  ];
}

function routesOf(document: unknown) {
  return Object.entries(Document.parse(document).paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.has(method))
      .map(([method, raw]) => {
        const operation = Operation.parse(raw);
        const open = operation.security?.length === 0;
        const declared = operation["x-needs"];
        const duty: Duty = {
          effect: operation["x-effect"],
          needs: open ? declared : ["tables", ...declared],
          links: [...(open ? [] : ["KeyPepper"]), ...(declared.includes("sealing") ? ["SealingKey"] : [])],
        };
        return { key: `${method.toUpperCase()} ${path}`, file: operation["x-file"], duty };
      }),
  );
}

function routeProblems(stack: Stack, routes: ReturnType<typeof routesOf>, lambdas: Lambda[]): string[] {
  const uris = new Map(
    ofType(stack, "aws:apigatewayv2/integration:Integration").map(({ name, inputs }) => [
      `integrations/${name}-id`,
      Integration.parse(inputs).integrationUri,
    ]),
  );
  const served = new Map(
    ofType(stack, "aws:apigatewayv2/route:Route")
      .map(({ inputs }) => Route.parse(inputs))
      .map(({ routeKey, target }) => [routeKey, uris.get(target) ?? ""]),
  );
  const wanted = new Set(routes.map(({ key }) => key));
  const missing = routes.flatMap(({ key, file }) => {
    const lambda = lambdas.find(({ name }) => served.get(key)?.endsWith(`:function:${name}`));
    if (!lambda) return [`${key}: no function answers it`];
    return lambda.file === file ? [] : [`${key}: answered by ${lambda.file}, not by ${file}`];
  });
  return [
    ...missing,
    ...[...served.keys()].filter((key) => !wanted.has(key)).map((key) => `${key}: not documented`),
  ];
}

function dutyProblems(stack: Stack, file: string, duty: Duty, lambdas: Lambda[]): string[] {
  const { needs } = duty;
  const [lambda, ...others] = lambdas.filter((candidate) => candidate.file === file);
  if (!lambda || others.length > 0)
    return [`${file}: ${others.length + (lambda ? 1 : 0)} functions, not one`];
  const rights = rightsOf(stack, duty).flatMap(({ action, arn, allowed }) => {
    if (may(lambda, action, arn) === allowed) return [];
    return [`${file}: ${allowed ? "may not" : "may"} ${action} on ${arn}`];
  });
  const stars = lambda.statements
    .flatMap(({ Action }) => Action)
    .filter((action) => action.includes("*"))
    .map((action) => `${file}: is granted ${action}`);
  const inside = lambda.vpcConfig !== undefined;
  const network =
    inside === needs.includes("proxmox") ? [] : [`${file}: is ${inside ? "" : "not "}in the VPC`];
  return [...rights, ...stars, ...network, ...secretProblems(file, duty, lambda)];
}

const SECRETS = ["KeyPepper", "SealingKey", "AdminKey"];

/** Secrets of the deployment that a function is told and does not need, or needs and is not told. */
function secretProblems(file: string, { links }: Duty, lambda: Lambda): string[] {
  return SECRETS.flatMap((name) => {
    const told = lambda.links.includes(name);
    return told === links.includes(name) ? [] : [`${file}: is ${told ? "" : "not "}told ${name}`];
  });
}

/** Every right there is to have, and whether a function with this duty has it. */
function rightsOf(stack: Stack, { effect, needs }: Omit<Duty, "links">) {
  const { table, queue, schedule, clusterSecret, otherSecret } = arnsOf(stack);
  const all = (allowed: boolean, arn: string, actions: string[]) =>
    actions.map((action) => ({ action, arn, allowed }));
  const dynamo = (...verbs: string[]) => verbs.map((verb) => `dynamodb:${verb}`);
  const [write, queues, schedules] = [
    effect === "write",
    needs.includes("queue"),
    needs.includes("scheduler"),
  ];
  const [secrets, proxmox] = [needs.includes("secrets"), needs.includes("proxmox")];
  const tables = needs.includes("tables");
  const change = dynamo("PutItem", "UpdateItem", "DeleteItem");
  return [
    ...["State", "Runtime", "History", "Audit"].flatMap((name) => [
      ...all(tables, table(name), dynamo("GetItem", "Query", "BatchGetItem")),
      ...all(false, table(name), dynamo("Scan", "DeleteTable", "BatchWriteItem")),
    ]),
    ...all(tables, `${table("History")}/index/byTime`, dynamo("Query")),
    ...all(tables, table("Audit"), dynamo("PutItem")),
    ...all(false, table("Audit"), dynamo("UpdateItem", "DeleteItem")),
    ...all(tables, table("Runtime"), change),
    ...["State", "History"].flatMap((name) =>
      all(write && tables, table(name), [...change, "dynamodb:ConditionCheckItem"]),
    ),
    ...["Expand", "Item", "Follow", "Fire", "Inventory"].flatMap((name) => [
      ...all(queues && write, queue(name), ["sqs:SendMessage"]),
      ...(effect === "read" ? all(queues, queue(name), ["sqs:GetQueueAttributes"]) : []),
    ]),
    ...all(false, queue("Dead"), ["sqs:SendMessage", "sqs:PurgeQueue"]),
    ...all(schedules, schedule, ["scheduler:GetSchedule"]),
    ...all(
      schedules && write,
      schedule,
      ["Create", "Update", "Delete"].map((verb) => `scheduler:${verb}Schedule`),
    ),
    ...all(schedules && write, "arn:aws:iam::123456789012:role/ScheduleRole", ["iam:PassRole"]),
    ...all(false, "arn:aws:iam::123456789012:role/Admin", ["iam:PassRole"]),
    ...all(proxmox || secrets, clusterSecret, ["ssm:GetParameter"]),
    ...all(secrets, clusterSecret, ["ssm:PutParameter", "ssm:DeleteParameter"]),
    ...all(false, otherSecret, ["ssm:GetParameter"]),
  ];
}

function queueProblems(stack: Stack): string[] {
  const dead = arnsOf(stack).queue("Dead");
  const queues = ofType(stack, "aws:sqs/queue:Queue").map(({ name, inputs }) => ({
    logical: name,
    ...Queue.parse(inputs),
  }));
  const mappings = ofType(stack, "aws:lambda/eventSourceMapping:EventSourceMapping").map(({ inputs }) =>
    Mapping.parse(inputs),
  );
  return queues
    .filter(({ name }) => !dead.endsWith(`:${name}`))
    .flatMap(({ logical, name, redrivePolicy }) => {
      const redrive = redrivePolicy === undefined ? undefined : Redrive.parse(JSON.parse(redrivePolicy));
      const consumers = mappings.filter(({ eventSourceArn }) => eventSourceArn.endsWith(`:${name}`));
      return [
        ...(redrive?.deadLetterTargetArn === dead && redrive.maxReceiveCount >= 5
          ? []
          : [`${logical}: no redrive to the dead queue`]),
        ...(consumers.length === 1 ? [] : [`${logical}: ${consumers.length} consumers, not one`]),
        ...consumers
          .filter(({ functionResponseTypes }) => !functionResponseTypes.includes("ReportBatchItemFailures"))
          .map(() => `${logical}: one bad message fails its whole batch`),
      ];
    });
}
