import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { trespass } from "../loopback.ts";
import { fingerprintOf, makeCertificate, type Certificate } from "./certificate.ts";
import type { SimulatorRequest, SimulatorResponse } from "./request.ts";
import type { Simulator } from "./simulator.ts";

export interface ServeOptions {
  /** 0 picks a free one. */
  readonly port?: number;
  readonly certificate?: Certificate;
  /** Every request through this port speaks to this node. */
  readonly node?: string;
  /** Requests that a web page sent, or that mean another name, are refused; a genuine Proxmox answers them. */
  readonly guarded?: boolean;
}

export interface Served {
  readonly url: string;
  /** SHA-256 of the certificate, "AA:BB:…". */
  readonly fingerprint: string;
  /** Goes on with a new certificate, as after a renewal; says its fingerprint. */
  renew(): Promise<string>;
  close(): Promise<void>;
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  const multipart = message.headers["content-type"]?.startsWith("multipart/") ?? false;
  return Buffer.concat(chunks).toString(multipart ? "latin1" : "utf8");
}

const headersOf = (message: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );

function send(response: ServerResponse, answer: SimulatorResponse): void {
  response.statusCode = answer.status;
  response.statusMessage = answer.reason;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  response.setHeader("content-length", Buffer.byteLength(answer.body));
  response.end(answer.body);
}

/** A request that the simulator breaks off leaves a closed socket and no answer. */
async function respond(
  simulator: Simulator,
  node: string | undefined,
  message: IncomingMessage,
  response: ServerResponse,
) {
  try {
    const request: SimulatorRequest = {
      method: message.method ?? "GET",
      target: message.url ?? "/",
      headers: headersOf(message),
      body: await bodyOf(message),
      via: node,
    };
    send(response, await simulator.handle(request));
  } catch {
    message.socket.destroy();
  }
}

/** Waits until a server listens on loopback; its port. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

/** Closes a server together with the connections it still has. */
export function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Milliseconds that a connection may be idle, and that it may take to speak TLS. */
const IDLE = 5000;

/** Serves a simulator over HTTPS on 127.0.0.1: idle connections live 5 s, a connection takes 100 requests. */
export async function serve(simulator: Simulator, options: ServeOptions = {}): Promise<Served> {
  const certificate = options.certificate ?? (await makeCertificate());
  const limits = { keepAliveTimeout: IDLE, keepAliveTimeoutBuffer: 0, handshakeTimeout: IDLE };
  const server = createServer({ ...certificate, ...limits }, (message, response) => {
    if (options.guarded && trespass(message)) response.writeHead(403).end();
    else void respond(simulator, options.node, message, response);
  });
  server.maxRequestsPerSocket = 100;
  const port = await listen(server, options.port ?? 0);
  let fingerprint = fingerprintOf(certificate);
  return {
    url: `https://127.0.0.1:${port}`,
    get fingerprint() {
      return fingerprint;
    },
    async renew() {
      const renewed = await makeCertificate();
      server.setSecureContext(renewed);
      server.closeAllConnections();
      fingerprint = fingerprintOf(renewed);
      return fingerprint;
    },
    close: () => shut(server),
  };
}
