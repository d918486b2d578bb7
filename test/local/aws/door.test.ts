import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import { request } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { startDynamodb } from "../../../local/aws/dynamodb.ts";
import { startScheduler } from "../../../local/aws/scheduler.ts";
import { startSqs } from "../../../local/aws/sqs.ts";
import { virtualClock } from "../../kit/clock.ts";
import { credentials } from "./clients.ts";

const MINUTE = 60_000;
const TABLES = "DynamoDB_20120810";
const invoke = async () => undefined;

/** Each embedded part, and one call that only tells whether its caller was let in. */
const PARTS = [
  {
    service: "dynamodb",
    start: () => startDynamodb({ credentials }),
    call: { method: "POST", path: "/", target: `${TABLES}.Scan`, body: `{"TableName":"State"}` },
  },
  {
    service: "sqs",
    start: () => startSqs({ clock: virtualClock(), credentials }),
    call: { method: "POST", path: "/", target: "AmazonSQS.ListQueues", body: "{}" },
  },
  {
    service: "scheduler",
    start: () => startScheduler({ clock: virtualClock(), credentials, invoke, every: 0 }),
    call: { method: "GET", path: "/schedule-groups", target: "", body: "" },
  },
] as const;
type Part = (typeof PARTS)[number];

/** What a caller may do otherwise than the one who has the key. */
interface Attempt {
  readonly by?: typeof credentials;
  readonly service?: string;
  readonly signingDate?: Date;
  /** Headers that are signed along. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent in place of what was signed. */
  readonly body?: string;
  readonly path?: string;
}

/** Signs the call, and sends it, perhaps changed; what the part answers. */
async function attempt({ service, call }: Part, url: string, how: Attempt) {
  const { host, hostname, port } = new URL(url);
  const signer = new SignatureV4({
    credentials: how.by ?? credentials,
    region: "eu-central-1",
    service: how.service ?? service,
    sha256: Hash.bind(null, "sha256"),
  });
  const target = call.target === "" ? {} : { "x-amz-target": call.target };
  const { headers } = await signer.sign(
    {
      method: call.method,
      protocol: "http:",
      hostname,
      port: Number(port),
      path: call.path,
      headers: { host, ...target, ...how.headers },
      body: call.body,
    },
    { signingDate: how.signingDate ?? new Date(), signableHeaders: new Set(["host"]) },
  );
  const body = how.body ?? call.body;
  const answer = await request(url + (how.path ?? call.path), {
    method: call.method,
    headers,
    body: body === "" ? null : body,
  });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

async function started(part: Part) {
  const server = await part.start();
  onTestFinished(() => server.stop());
  return server.url;
}

test.for(PARTS)("F1: $service lets in who signs with the key of this run, and nobody else", async (part) => {
  const url = await started(part);
  expect((await attempt(part, url, {})).text).not.toContain("UnrecognizedClient");
  const late = new Date(Date.now() - 16 * MINUTE);
  const strangers: Attempt[] = [
    { by: { ...credentials, secretAccessKey: "local" } },
    { by: { ...credentials, accessKeyId: "local" } },
    { service: part.service === "sqs" ? "dynamodb" : "sqs" },
    { signingDate: late },
    { path: `${part.call.path}?x=1` },
    ...(part.call.method === "POST" ? [{ body: `${part.call.body} ` }] : []),
  ];
  for (const how of strangers) {
    const { status, text } = await attempt(part, url, how);
    expect({ how, status, text }).toEqual({
      how,
      status: 403,
      text: expect.stringContaining("UnrecognizedClient"),
    });
  }
  const bare = await request(url, { method: "POST", body: "{}" });
  expect([bare.statusCode, await bare.body.text()]).toEqual([403, expect.stringContaining("Unrecognized")]);
});

test.for(PARTS)("F1: $service answers no web page, even one that has the key", async (part) => {
  const url = await started(part);
  const { port } = new URL(url);
  const pages: Readonly<Record<string, string>>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: url },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { host: `evil.example:${port}` },
    { host: "127.0.0.1:1" },
    { host: `127.0.0.1.evil.example:${port}` },
  ];
  for (const headers of pages) {
    const { status, text, headers: said } = await attempt(part, url, { headers });
    expect({ headers, status, text }).toEqual({
      headers,
      status: 403,
      text: expect.stringContaining("AccessDenied"),
    });
    expect(Object.keys(said).filter((name) => name.startsWith("access-control"))).toEqual([]);
  }
});

test("F1: a body of more than any request of AWS has is not read to its end", async () => {
  const [part] = PARTS;
  const body = "x".repeat(17 * 1024 * 1024);
  expect((await attempt(part, await started(part), { body })).status).toBe(413);
});
