import * as z from "zod";
import type { Resource, Stack } from "./synth.ts";

const Statement = z.object({
  Effect: z.string(),
  Action: z.array(z.string()),
  Resource: z.array(z.string()),
  Condition: z
    .array(z.object({ test: z.string(), variable: z.string(), values: z.array(z.string()) }))
    .optional(),
});
const Policy = z.object({ Statement: z.array(Statement) });
const Role = z.object({ inlinePolicies: z.array(z.object({ policy: z.string() })).default([]) });
const LambdaInputs = z.object({
  name: z.string(),
  runtime: z.string(),
  architectures: z.array(z.string()),
  memorySize: z.number(),
  timeout: z.number(),
  loggingConfig: z.object({ logFormat: z.string() }),
  vpcConfig: z.object({ subnetIds: z.array(z.string()).min(1) }).optional(),
});
const Named = z.object({ name: z.string() });

export type Lambda = z.infer<typeof LambdaInputs> & {
  /** The file it runs, without `.handler`. */
  file: string;
  links: readonly string[];
  statements: readonly z.infer<typeof Statement>[];
};

export function ofType(stack: Stack, type: string): Resource[] {
  return stack.resources.filter((resource) => resource.type === type);
}

/** Inputs of the one resource of this type with this logical name. */
export function inputsOf(stack: Stack, type: string, name: string): Record<string, unknown> {
  const found = ofType(stack, type).filter((resource) => resource.name === name);
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} resources ${type} ${name}`);
  return found[0].inputs;
}

/** Every function of ours with all it may do. Not for a stack made with dev: there functions are bridges. */
export function lambdasOf(stack: Stack): Lambda[] {
  return stack.built.map(({ functionID, handler, links }) => ({
    ...LambdaInputs.parse(inputsOf(stack, "aws:lambda/function:Function", `${functionID}Function`)),
    file: handler.replace(/\.handler$/, ""),
    links: Object.keys(links),
    statements: statementsOf(inputsOf(stack, "aws:iam/role:Role", `${functionID}Role`)),
  }));
}

export function statementsOf(role: Record<string, unknown>) {
  return Role.parse(role).inlinePolicies.flatMap(({ policy }) => Policy.parse(JSON.parse(policy)).Statement);
}

export function lambdaOf(stack: Stack, file: string): Lambda {
  const lambda = lambdasOf(stack).find((candidate) => candidate.file === file);
  if (!lambda) throw new Error(`no function runs ${file}`);
  return lambda;
}

/** Says whether the function may do this, read as IAM reads it: a star in a statement matches anything. */
export function may(lambda: Lambda, action: string, arn: string): boolean {
  return lambda.statements.some(
    (statement) =>
      statement.Effect === "Allow" &&
      statement.Action.some((pattern) => matches(pattern, action)) &&
      statement.Resource.some((pattern) => matches(pattern, arn)),
  );
}

function matches(pattern: string, value: string): boolean {
  const [head = "", ...stars] = pattern.split("*");
  if (stars.length === 0) return pattern === value;
  return value.startsWith(head) && value.endsWith(stars.at(-1) ?? "");
}

export function arnsOf(stack: Stack) {
  const physical = (type: string, name: string) => Named.parse(inputsOf(stack, type, name)).name;
  const table = (name: string) =>
    `${ARN("dynamodb")}:table/${physical("aws:dynamodb/table:Table", `${name}TableTable`)}`;
  const queue = (name: string) => `${ARN("sqs")}:${physical("aws:sqs/queue:Queue", `${name}QueueQueue`)}`;
  const stage = physical("aws:scheduler/scheduleGroup:ScheduleGroup", "ScheduleGroup").replace(
    `${stack.app.name}-`,
    "",
  );
  return {
    table,
    queue,
    schedule: `${ARN("scheduler")}:schedule/${stack.app.name}-${stage}/a-job`,
    clusterSecret: `${ARN("ssm")}:parameter/${stack.app.name}/${stage}/clusters/main`,
    otherSecret: `${ARN("ssm")}:parameter/sst/anything`,
  };
}

const ARN = (service: string) => `arn:aws:${service}:eu-central-1:123456789012`;
