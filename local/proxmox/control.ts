import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as z from "zod";
import { secretText } from "../../core/lib/id.ts";
import { trespass } from "../loopback.ts";
import { Fault } from "./fault.ts";
import { Trouble } from "./trouble.ts";
import { listen, shut, type Served } from "./serve.ts";
import type { Simulator } from "./simulator.ts";

const NodeCondition = z.object({ online: z.boolean().optional(), reboot: z.boolean().optional() });
const Quorum = z.object({ quorate: z.boolean() });

interface Controlled {
  readonly simulator: Simulator;
  /** What every call has to carry. */
  readonly key: string;
  /** The ports whose certificates can be changed. */
  readonly served: readonly Served[];
}

async function jsonOf(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return JSON.parse(Buffer.concat(chunks).toString("utf8") || "null");
}

function condition(
  simulator: Simulator,
  node: string,
  { online, reboot }: z.infer<typeof NodeCondition>,
): void {
  if (online !== undefined) simulator.setNode(node, { online });
  if (reboot) simulator.rebootNode(node);
}

type Operation = (controlled: Controlled, body: () => Promise<unknown>, node: string) => unknown;

/** What the second port understands. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  "GET /state": ({ simulator }) => simulator.dump(),
  "GET /counters": ({ simulator }) => simulator.counters(),
  "DELETE /counters": ({ simulator }) => simulator.resetCounters(),
  "GET /faults": ({ simulator }) => simulator.faults.list(),
  "POST /faults": async ({ simulator }, body) => ({ id: simulator.faults.add(Fault.parse(await body())) }),
  "DELETE /faults": ({ simulator }) => simulator.faults.clear(),
  "POST /troubles": async ({ simulator }, body) => simulator.inflict(Trouble.parse(await body())),
  "POST /certificate": async ({ served }) => ({
    fingerprints: await Promise.all(served.map((one) => one.renew())),
  }),
  "POST /nodes": async ({ simulator }, body, node) =>
    condition(simulator, node, NodeCondition.parse(await body())),
  "POST /quorum": async ({ simulator }, body) => simulator.setQuorum(Quorum.parse(await body()).quorate),
};

async function operate(controlled: Controlled, message: IncomingMessage): Promise<unknown> {
  const path = message.url ?? "/";
  const node = /^\/nodes\/([\w-]+)$/.exec(path)?.[1];
  const operation = OPERATIONS[`${message.method} ${node === undefined ? path : "/nodes"}`];
  if (!operation) throw new Error(`unknown: ${message.method} ${path}`);
  return operation(controlled, () => jsonOf(message), node ?? "");
}

/** Whether a request is from whoever started the simulator, and not from a web page or another user of this machine. */
function isOwn(message: IncomingMessage, key: string): boolean {
  const [given, wanted] = [message.headers.authorization ?? "", `Bearer ${key}`].map((text) =>
    Buffer.from(text),
  );
  if (!given || !wanted || given.length !== wanted.length) return false;
  return trespass(message) === undefined && timingSafeEqual(given, wanted);
}

async function respond(
  controlled: Controlled,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("content-type", "application/json");
  if (!isOwn(message, controlled.key)) return void response.writeHead(401).end();
  try {
    response.end(JSON.stringify((await operate(controlled, message)) ?? {}));
  } catch (error) {
    response.statusCode = 400;
    response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
  }
}

/** A second loopback port for looking into a simulator and breaking things on purpose; `key` is its bearer token, made anew each time. */
export async function serveControl(
  simulator: Simulator,
  port = 0,
  served: readonly Served[] = [],
): Promise<{ url: string; key: string; close(): Promise<void> }> {
  const key = secretText(32);
  const controlled = { simulator, served, key };
  const server = createServer((message, response) => void respond(controlled, message, response));
  return { url: `http://127.0.0.1:${await listen(server, port)}`, key, close: () => shut(server) };
}
