// Answers what AWS would, so that the stack can be created without it. Bundled into the process that runs sst.config.ts.

type Inputs = Record<string, unknown>;
type NewResource = { type: string; name: string; id?: string; inputs: Inputs };
type Call = { token: string; inputs: Inputs };
export type Created = { type: string; name: string; inputs: Inputs };

const ACCOUNT = "123456789012";
const REGION = "eu-central-1";
// Pulumi marks a secret value with this pair; the tests want the value.
const MARK = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

const ARN: Record<string, (name: string) => string> = {
  "aws:dynamodb/table:Table": (name) => `dynamodb:${REGION}:${ACCOUNT}:table/${name}`,
  "aws:sqs/queue:Queue": (name) => `sqs:${REGION}:${ACCOUNT}:${name}`,
  "aws:lambda/function:Function": (name) => `lambda:${REGION}:${ACCOUNT}:function:${name}`,
  "aws:iam/role:Role": (name) => `iam::${ACCOUNT}:role/${name}`,
  "aws:scheduler/scheduleGroup:ScheduleGroup": (name) =>
    `scheduler:${REGION}:${ACCOUNT}:schedule-group/${name}`,
};

const CALLS: Record<string, (inputs: Inputs) => Inputs> = {
  "aws:index/getPartition:getPartition": () => ({ partition: "aws" }),
  "aws:index/getRegion:getRegion": () => ({ region: REGION, name: REGION }),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: ACCOUNT }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
    names: ["a", "b"].map((zone) => REGION + zone),
  }),
  "aws:iam/getPolicyDocument:getPolicyDocument": (inputs) => ({
    ...inputs,
    json: policyOf(inputs["statements"]),
  }),
  "aws:ec2/getAmi:getAmi": () => ({ id: "ami-1" }),
};

/** Pulumi's mock interface, and the list of everything that was created through it. */
export function mocks() {
  const created: Created[] = [];
  return {
    created,
    newResource({ type, name, id, inputs }: NewResource) {
      created.push({ type, name, inputs: record(plain(inputs)) });
      return { id: id || `${physicalName(name, inputs)}-id`, state: stateOf(type, name, inputs) };
    },
    call({ token, inputs }: Call) {
      return CALLS[token]?.(inputs) ?? { ...inputs };
    },
  };
}

function stateOf(type: string, name: string, inputs: Inputs): Inputs {
  const physical = physicalName(name, inputs);
  const arn = `arn:aws:${ARN[type]?.(physical) ?? `mock:${REGION}:${ACCOUNT}:${physical}`}`;
  const state = { name: physical, arn, ...inputs };
  if (type === "aws:sqs/queue:Queue")
    return { ...state, url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${physical}` };
  if (type === "aws:lambda/function:Function")
    return { ...state, invokeArn: `${arn}/invocations`, version: "1" };
  if (type === "aws:apigatewayv2/api:Api") {
    return {
      ...state,
      apiEndpoint: "https://api.example",
      executionArn: `arn:aws:execute-api:${REGION}:${ACCOUNT}:${name}`,
    };
  }
  if (type === "random:index/randomBytes:RandomBytes")
    return { ...state, base64: Buffer.alloc(32, 7).toString("base64") };
  return state;
}

function physicalName(name: string, inputs: Inputs): string {
  return typeof inputs["name"] === "string" ? inputs["name"] : name;
}

function policyOf(statements: unknown): string {
  const Statement = list(statements)
    .map(record)
    .map((statement) => ({
      Effect: statement["effect"] ?? "Allow",
      Action: statement["actions"],
      Resource: statement["resources"],
      Principal: statement["principals"],
      Condition: statement["conditions"],
    }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || !value) return value;
  const fields = record(value);
  if (fields[MARK] === SECRET) return plain(fields["value"]);
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, plain(field)]));
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function record(value: unknown): Inputs {
  return typeof value === "object" && value ? Object.fromEntries(Object.entries(value)) : {};
}
