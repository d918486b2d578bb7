import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { newKey } from "../../core/auth/index.ts";
import { esbuild } from "../../infra/esbuild.ts";
import { startCloud } from "../../local/dev/cloud.ts";
import { openStore, seed } from "../../local/dev/seed.ts";
import { served } from "../core/proxmox/stage.ts";
import { bundle } from "./bundle.ts";
import { synth, type Edit, type Stack } from "./synth.ts";

const PEPPER = "pepper";
const PASSWORD = "correct horse battery";

let stack: Stack;
beforeAll(async () => {
  stack = await synth();
});

/** The names of the links that infra gives to a function. */
function linksOf(given: Stack, file: string): string[] {
  const built = given.built.find(({ handler }) => handler === `${file}.handler`);
  if (!built) throw new Error(`infra has no function ${file}`);
  return Object.keys(built.links);
}

type Environment = Readonly<Record<string, string>>;

/** A folder from which no package of this repository can be imported. */
async function folder() {
  const work = await mkdtemp(path.join(tmpdir(), "moxxie-bundled-"));
  onTestFinished(() => rm(work, { recursive: true, force: true }));
  return work;
}

/** Bundles a function as it is deployed; calls it, in a process with this environment and no other. */
async function call(file: string, event: unknown, environment: Environment = {}) {
  const { out, errors } = await bundle(
    {
      functionID: "Test",
      handler: `${file}.handler`,
      runtime: "nodejs24.x",
      links: {},
      properties: { architecture: "arm64", minify: true, esbuild },
    },
    await folder(),
    true,
  );
  expect(errors).toEqual([]);
  const child = fork(path.join(import.meta.dirname, "lambda.ts"), {
    env: { HOME: out, AWS_EC2_METADATA_DISABLED: "true", ...environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (log += String(data)));
  const gone = once(child, "exit").then(() => [{ error: log }]);
  child.send({ bundle: path.join(out, "bundle.mjs"), event });
  const [answer] = await Promise.race([once(child, "message"), gone]);
  child.kill();
  await gone;
  const parsed = z.object({ result: z.unknown().optional(), error: z.string().optional() }).parse(answer);
  return { ...parsed, log };
}

/** Embedded AWS and a simulated Proxmox, both on loopback, and what a function is told of them. */
async function surroundings() {
  const work = await folder();
  const { simulator, url, fingerprint } = await served();
  const cloud = await startCloud(work, 30);
  onTestFinished(() => cloud.stop());
  const apiKey = newKey();
  const { token } = simulator;
  const cluster = { name: "test", url, token, fingerprint, simulated: undefined, stop: async () => {} };
  const kept = { apiKey, pepper: PEPPER, belongsTo: "test" };
  await seed(openStore(cloud.db), cluster, kept);
  const secrets = path.join(work, "secrets.json");
  await writeFile(secrets, JSON.stringify({ main: token }));
  const resources = {
    ...cloud.resources,
    KeyPepper: { value: PEPPER },
    SealingKey: { value: "a sealing key of 32 characters or more" },
  };
  /** The environment of a function: its links as infra gives them, and not one more. */
  const environmentOf = (file: string, given = stack) => {
    const names = new Set(["App", ...linksOf(given, file)]);
    const own = Object.entries(resources).filter(([name]) => names.has(name));
    return {
      ...cloud.environment,
      SST_RESOURCES_JSON: JSON.stringify(Object.fromEntries(own)),
      MOXXIE_SECRETS_FILE: secrets,
    };
  };
  return { apiKey, environmentOf, simulator, queues: cloud.queues };
}

const listed = (apiKey: string) => ({
  version: "2.0",
  routeKey: "GET /v1/vms",
  rawPath: "/v1/vms",
  rawQueryString: "fresh=true",
  headers: { host: "moxxie.test", authorization: `Bearer ${apiKey}` },
  requestContext: { domainName: "moxxie.test", http: { method: "GET", path: "/v1/vms", sourceIp: "::1" } },
  body: null,
  isBase64Encoded: false,
});

const Answer = z.object({ statusCode: z.number(), body: z.string() });

test("a bundled route reads DynamoDB with the credentials of its environment, and asks Proxmox", async () => {
  const { apiKey, environmentOf, simulator } = await surroundings();
  const file = "functions/api/vms/list";
  const { result, error } = await call(file, listed(apiKey), environmentOf(file));
  expect(error).toBeUndefined();
  const { statusCode, body } = Answer.parse(result);
  expect({ statusCode, ...JSON.parse(body) }).toMatchObject({
    statusCode: 200,
    partial: false,
    warnings: [],
  });
  expect(z.object({ items: z.array(z.unknown()) }).parse(JSON.parse(body)).items).toHaveLength(4);
  // The listing, and what the token may see of it, which nobody has asked yet.
  expect(simulator.counters().total.requests).toBe(2);
});

test("a bundled route without credentials in its environment says that it has no other way to find them", async () => {
  const { apiKey, environmentOf } = await surroundings();
  const {
    AWS_ACCESS_KEY_ID: _,
    AWS_SECRET_ACCESS_KEY: __,
    ...bare
  } = environmentOf("functions/api/vms/list");
  const { result, log } = await call("functions/api/vms/list", listed(apiKey), bare);
  expect(Answer.parse(result).statusCode).toBe(500);
  expect(log).toContain("@aws-sdk/credential-provider-ini");
});

/** Calls the bundled transport, with each kind of body. */
async function ask(environment: Environment) {
  const { simulator, url, fingerprint } = await served();
  const [guest] = Object.values(simulator.state.guests);
  const event = {
    endpoint: url,
    fingerprint,
    token: simulator.token,
    guest: `/nodes/${guest?.node}/${guest?.kind}/${guest?.vmid}`,
  };
  return call("test/infra/handlers/proxmox", event, environment);
}

test("a bundled function sends Proxmox requests without a body, forms and files", async () => {
  const { result, error } = await ask({});
  expect(error).toBeUndefined();
  expect(result).toEqual([200, 200, 200]);
});

test("where there is no SIMD, which Lambda always has, the bundle says what it lacks", async () => {
  const { error } = await ask({ UNDICI_NO_WASM_SIMD: "1" });
  expect(error).toContain("llhttp-wasm");
});

const cloudInit = (apiKey: string, cluster: string, vmid: number) => ({
  ...listed(apiKey),
  routeKey: "PUT /v1/clusters/{cluster}/vms/{vmid}/cloud-init",
  rawPath: `/v1/clusters/${cluster}/vms/${vmid}/cloud-init`,
  rawQueryString: "",
  requestContext: {
    domainName: "moxxie.test",
    http: { method: "PUT", path: `/v1/clusters/${cluster}/vms/${vmid}/cloud-init`, sourceIp: "::1" },
  },
  body: JSON.stringify({ user: "ops", password: PASSWORD, storage: "local-lvm", override: true }),
});

/** Takes a password from a caller and does the item of it, each function bundled and in exactly its environment. */
async function setPassword(given: Stack = stack) {
  const { apiKey, environmentOf, simulator, queues } = await surroundings();
  const vm = Object.values(simulator.state.guests).find(({ kind }) => kind === "qemu");
  if (!vm) throw new Error("no VM");
  const put = "functions/api/vms/cloud-init/put";
  const accepted = await call(put, cloudInit(apiKey, "main", vm.vmid), environmentOf(put, given));
  const messages = queues.receive("Item", 1);
  const Records = messages.map(({ id, receipt, body }) => ({
    messageId: id,
    receiptHandle: receipt,
    body,
    attributes: {},
    messageAttributes: {},
  }));
  const done = await call(
    "functions/worker/item",
    { Records },
    environmentOf("functions/worker/item", given),
  );
  return { accepted, messages, done, vm };
}

test("F3: a sealed password reaches the guest, each function with the links that infra gives it and no more", async () => {
  const { accepted, messages, done, vm } = await setPassword();
  expect(Answer.parse(accepted.result)).toMatchObject({ statusCode: 202 });
  expect(messages).toHaveLength(1);
  expect(done).toMatchObject({ result: { batchItemFailures: [] } });
  expect(JSON.stringify(vm)).toContain(PASSWORD);
  for (const text of [JSON.stringify(messages), accepted.log, done.log, Answer.parse(accepted.result).body])
    expect(text).not.toContain("horse");
});

test("F3: without the link no password reaches a guest, and that shows here", async () => {
  const unlinked: Edit = {
    file: "infra/duties.ts",
    from: `item: { effect: "write", needs: [...task, "sealing"] }`,
    to: `item: { effect: "write", needs: task }`,
  };
  const { done, vm } = await setPassword(await synth({ edits: [unlinked] }));
  expect(done.result).not.toEqual({ batchItemFailures: [] });
  expect(JSON.stringify(vm)).not.toContain(PASSWORD);
});
