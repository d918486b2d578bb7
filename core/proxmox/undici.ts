import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import Agent from "undici/lib/dispatcher/agent.js";
import { systemClock } from "../lib/clock.ts";
import { authorised } from "./authorise.ts";
import { failover, type Headers } from "./failover.ts";
import { mostBytes } from "./bounds.ts";
import { gate } from "./lane.ts";
import { connector, Mistrusted } from "./tls.ts";
import { NoAnswer, type Target, type Transport, type WireReply, type WireRequest } from "./transport.ts";
import { multipart } from "./upload.ts";

/** Proxmox closes an idle connection after 5 s. */
const KEEP_ALIVE_MS = 4000;
/** Connections to one node: it has three workers for the calls that count. */
const CONNECTIONS = 4;

const FORM = "application/x-www-form-urlencoded";

/** Body and headers. A chunked body is refused by Proxmox, so there is always a length. */
function content(wire: WireRequest, headers: Headers) {
  if (wire.upload) {
    const { type, length, body } = multipart(wire.upload);
    const told = { ...headers, "content-type": type, "content-length": String(length) };
    return { headers: told, stream: body };
  }
  if (wire.body === undefined) return { headers };
  return { headers: { ...headers, "content-type": FORM }, body: wire.body };
}

type Settle = { readonly resolve: (reply: WireReply) => void; readonly reject: (error: NoAnswer) => void };

/**
 * Follows one request. undici says when it begins to write: what fails before was never sent, be it for a
 * connection that was not made or for a queue that was too long.
 */
function follow({ timeoutMs, kind }: WireRequest, { resolve, reject }: Settle): Dispatcher.DispatchHandler {
  const most = mostBytes(kind);
  let size = 0;
  const chunks: Buffer[] = [];
  let controller: Dispatcher.DispatchController | undefined;
  let late = false;
  let head = { status: 0, reason: "" };
  const timer = setTimeout(() => {
    late = true;
    const error = new NoAnswer(`no answer within ${timeoutMs} ms`, controller !== undefined);
    reject(error);
    controller?.abort(error);
  }, timeoutMs);
  return {
    onRequestStart(started) {
      controller = started;
      if (late) started.abort(new NoAnswer("too late to be sent", false));
    },
    onResponseStart(_, status, __, reason = "") {
      head = { status, reason };
    },
    onResponseData(current, chunk) {
      size += chunk.length;
      if (size <= most) chunks.push(chunk);
      else current.abort(new Error(`an answer of more than ${most} bytes`));
    },
    onResponseEnd() {
      clearTimeout(timer);
      resolve({ ...head, body: Buffer.concat(chunks).toString("utf8") });
    },
    onResponseError(_, error) {
      clearTimeout(timer);
      const mistrusted = error instanceof Mistrusted;
      reject(new NoAnswer(error.message, controller !== undefined, error, mistrusted));
    },
  };
}

function exchange(agent: Agent, endpoint: string, wire: WireRequest, given: Headers): Promise<WireReply> {
  const { promise, resolve, reject } = Promise.withResolvers<WireReply>();
  const { origin } = new URL(endpoint);
  const { headers, body, stream } = content(wire, given);
  const options = {
    origin,
    path: `/api2/json${wire.target}`,
    method: wire.method,
    headers,
    headersTimeout: 0,
  };
  agent.dispatch(
    { ...options, bodyTimeout: 0, body: stream ? Readable.from(stream()) : (body ?? null) },
    follow(wire, { resolve, reject }),
  );
  return promise;
}

/** HTTPS to a cluster: one set of connections, kept as long as the transport. */
export function undiciTransport(target: Target, clock = systemClock): Transport {
  const agent = new Agent({
    connect: connector(target),
    connections: CONNECTIONS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    pipelining: 1,
  });
  const lanes = gate();
  const carry = failover(target, clock, (endpoint, wire, headers) =>
    lanes(`${wire.node ?? endpoint} ${wire.kind ?? "read"}`, wire.kind, () =>
      exchange(agent, endpoint, wire, headers),
    ),
  );
  return authorised(target.credential, carry, clock);
}
