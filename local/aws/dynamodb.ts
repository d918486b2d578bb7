import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "./aws-error.ts";
import { Refused, withItems } from "./dynamodb-conditions.ts";
import { perform, WRITES } from "./dynamodb-operations.ts";
import { findDynoxide } from "./dynoxide.ts";
import { openTools, type Tools } from "./dynoxide-tools.ts";
import { serve, type Call, type Reply } from "./http.ts";
import type { Credentials } from "./signature.ts";

/** A DynamoDB endpoint for the SDK's own client. */
export interface Dynamodb {
  readonly url: string;
  stop(): Promise<void>;
}

interface Options {
  /** Who may call. */
  readonly credentials: Credentials;
  /** Folder of the database file; without it the tables live in memory. */
  readonly dir?: string | undefined;
  readonly port?: number | undefined;
  /** An endpoint that runs already, and the program to run when there is none. */
  readonly endpoint?: string | undefined;
  readonly program?: string | undefined;
}

const HOW_TO_GET_ONE = `No DynamoDB to run on this machine. Either
  - install the optional package: npm install (Linux on x64 gets @dynoxide/linux-x64), or put "dynoxide" on PATH, or
  - run DynamoDB Local, e.g. docker run -p 127.0.0.1:8000:8000 amazon/dynamodb-local,
    and set DYNAMODB_ENDPOINT=http://127.0.0.1:8000`;

/** Starts a DynamoDB on 127.0.0.1, or uses the one DYNAMODB_ENDPOINT names; ready when this resolves. */
export async function startDynamodb(options: Options): Promise<Dynamodb> {
  const { endpoint = process.env["DYNAMODB_ENDPOINT"], program = findDynoxide(), dir } = options;
  if (endpoint) return { url: endpoint, stop: () => Promise.resolve() };
  if (program === undefined) throw new Error(HOW_TO_GET_ONE);
  if (dir !== undefined) mkdirSync(dir, { recursive: true });
  const tools = await openTools(program, dir === undefined ? undefined : join(dir, "dynamodb.sqlite"));
  const run = inOrder(tools);
  const { credentials, port } = options;
  try {
    const server = await serve((call) => answer(run, call), { credentials, port, service: "dynamodb" });
    return { url: server.url, stop: () => server.stop().then(() => tools.stop()) };
  } catch (error) {
    await tools.stop();
    throw error;
  }
}

type Run = (operation: string, body: unknown) => Promise<unknown>;

/** One write after the other, so that the item which a failed condition shows is the one that it met. */
function inOrder(tools: Tools): Run {
  let before: Promise<unknown> = Promise.resolve();
  const write: Run = (operation, body) =>
    perform(tools, operation, body).catch(async (error: unknown) => {
      throw error instanceof AwsError ? await withItems(tools, error, body) : error;
    });
  return (operation, body) => {
    if (!WRITES.has(operation)) return perform(tools, operation, body);
    const done = before.then(() => write(operation, body));
    before = done.catch(() => undefined);
    return done;
  };
}

async function answer(run: Run, call: Call): Promise<Reply> {
  const operation = String(call.headers["x-amz-target"] ?? "").split(".")[1] ?? "";
  const headers = { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": randomUUID() };
  try {
    const body: unknown = JSON.parse(call.body || "{}");
    return { status: 200, headers, body: await run(operation, body) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const particulars = error instanceof Refused ? error.particulars : {};
    const __type = `com.amazonaws.dynamodb.v20120810#${error.code}`;
    return { status: error.status, headers, body: { __type, message: error.message, ...particulars } };
  }
}
