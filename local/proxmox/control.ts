import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as z from "zod";
import { Fault } from "./fault.ts";
import { listen, shut } from "./serve.ts";
import type { Simulator } from "./simulator.ts";

const NodeCondition = z.object({ online: z.boolean() });
const Quorum = z.object({ quorate: z.boolean() });

async function jsonOf(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return JSON.parse(Buffer.concat(chunks).toString("utf8") || "null");
}

/** What the second port understands; nothing for anything else. */
async function operate(simulator: Simulator, message: IncomingMessage): Promise<unknown> {
  const path = message.url ?? "/";
  const node = /^\/nodes\/([\w-]+)$/.exec(path)?.[1];
  switch (`${message.method} ${node ? "/nodes" : path}`) {
    case "GET /state":
      return simulator.dump();
    case "GET /counters":
      return simulator.counters();
    case "DELETE /counters":
      return simulator.resetCounters();
    case "GET /faults":
      return simulator.faults.list();
    case "POST /faults":
      return { id: simulator.faults.add(Fault.parse(await jsonOf(message))) };
    case "DELETE /faults":
      return simulator.faults.clear();
    case "POST /nodes":
      return simulator.setNode(node ?? "", NodeCondition.parse(await jsonOf(message)));
    case "POST /quorum":
      return simulator.setQuorum(Quorum.parse(await jsonOf(message)).quorate);
    default:
      throw new Error(`unknown: ${message.method} ${path}`);
  }
}

async function respond(
  simulator: Simulator,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("content-type", "application/json");
  try {
    response.end(JSON.stringify((await operate(simulator, message)) ?? {}));
  } catch (error) {
    response.statusCode = 400;
    response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
  }
}

/** A second loopback port for looking into a simulator and breaking things on purpose; it needs no login. */
export async function serveControl(
  simulator: Simulator,
  port = 0,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((message, response) => void respond(simulator, message, response));
  return { url: `http://127.0.0.1:${await listen(server, port)}`, close: () => shut(server) };
}
