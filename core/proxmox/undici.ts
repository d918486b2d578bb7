import { connect as tlsConnect, type TLSSocket } from "node:tls";
import { Agent, request } from "undici";
import { NoAnswer, type Target, type Transport, type WireReply, type WireRequest } from "./transport.ts";

const BODY_LIMIT = 32 * 1024 * 1024;
const KEEP_ALIVE_MS = 4000;
const CONNECTIONS = 8;
const CONNECT_MS = 10_000;

const plain = (fingerprint: string) => fingerprint.replaceAll(":", "").toUpperCase();

/** Fails unless the peer shows one of the pinned certificates; runs before a byte of HTTP is written. */
function verify(socket: TLSSocket, pins: readonly string[]): Error | undefined {
  const shown = plain(socket.getPeerCertificate().fingerprint256 ?? "");
  if (shown !== "" && pins.map(plain).includes(shown)) return undefined;
  return new Error(`the certificate ${shown || "(none)"} is not one of the pinned ones`);
}

type Connector = NonNullable<Exclude<ConstructorParameters<typeof Agent>[0], undefined>["connect"]>;

/**
 * With pins the certificate chain is not asked: Node skips checkServerIdentity for an untrusted
 * certificate, so the comparison has to be made by hand on the finished handshake.
 */
function connector(pins: readonly string[]): Connector {
  if (pins.length === 0) return { timeout: CONNECT_MS, maxCachedSessions: 0 };
  return (options, callback) => {
    const socket = tlsConnect({
      host: options.hostname,
      port: Number(options.port || 8006),
      rejectUnauthorized: false,
      timeout: CONNECT_MS,
    });
    const fail = (error: Error) => {
      socket.destroy();
      callback(error, null);
    };
    socket.once("error", fail);
    socket.once("timeout", () => fail(new Error("the TLS connection was not made in time")));
    socket.once("secureConnect", () => {
      const problem = verify(socket, pins);
      if (problem) return fail(problem);
      socket.off("error", fail);
      socket.setTimeout(0);
      return callback(null, socket);
    });
  };
}

const UNSENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

const codeOf = (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : "");

/** A connection that was never made proves that nothing was sent; every other failure proves nothing. */
function noAnswer(error: unknown): NoAnswer {
  const message = error instanceof Error ? error.message : String(error);
  const unsent =
    UNSENT.has(codeOf(error)) ||
    message.includes("pinned") ||
    message.includes("TLS connection was not made");
  return new NoAnswer(message, !unsent, error);
}

async function exchange(
  agent: Agent,
  target: Target,
  endpoint: string,
  wire: WireRequest,
): Promise<WireReply> {
  const answer = await request(`${endpoint.replace(/\/$/, "")}/api2/json${wire.target}`, {
    dispatcher: agent,
    method: wire.method,
    headers: {
      authorization: `PVEAPIToken=${target.token}`,
      ...(wire.body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
    },
    ...(wire.body === undefined ? {} : { body: wire.body }),
    headersTimeout: wire.timeoutMs,
    bodyTimeout: wire.timeoutMs,
    signal: AbortSignal.timeout(wire.timeoutMs),
  });
  return { status: answer.statusCode, reason: answer.statusText, body: await answer.body.text() };
}

/** HTTPS to a cluster. The next endpoint is tried only when the one before was never reached. */
export function undiciTransport(target: Target): Transport {
  const agent = new Agent({
    connect: connector(target.fingerprints),
    connections: CONNECTIONS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxResponseSize: BODY_LIMIT,
    pipelining: 1,
  });
  return async (wire) => {
    let failure = new NoAnswer(`the cluster ${target.cluster} has no endpoint`, false);
    for (const endpoint of target.endpoints) {
      try {
        return await exchange(agent, target, endpoint, wire);
      } catch (error) {
        failure = noAnswer(error);
        if (failure.sent) throw failure;
      }
    }
    throw failure;
  };
}
