import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { systemClock } from "../../core/lib/clock.ts";
import { trespass } from "../loopback.ts";
import { AwsError } from "./aws-error.ts";
import { isSigned, type Credentials } from "./signature.ts";

/** One request, read to its end. `gone` is aborted when the caller hangs up or the server stops. */
export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly gone: AbortSignal;
}

/** What goes back; `body` is sent as JSON. */
export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

/** A server on the loopback address. */
export interface Server {
  readonly url: string;
  /** Ends open calls too. */
  stop(): Promise<void>;
}

/** Who may call: whoever signs for this service with these credentials. */
export interface Door {
  readonly credentials: Credentials;
  /** As it stands in a signature: `sqs`. */
  readonly service: string;
  /** 0 takes a free one. */
  readonly port?: number | undefined;
}

/** No request of AWS is larger. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Serves JSON on 127.0.0.1 to callers with the credentials, and to no web page. What `answer` throws becomes a bare 500. */
export async function serve(answer: (call: Call) => Promise<Reply>, door: Door): Promise<Server> {
  // Callers close what they no longer use: a connection that is closed while it is used again would lose a call.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const send = ({ status, headers, body }: Reply) => {
      const text = JSON.stringify(body);
      response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(text) }).end(text);
    };
    const admitted = async () => answer(await admit(request, gone.signal, door));
    void admitted().catch(failure).then(send);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(door.port ?? 0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A refusal in the words of AWS, in the way in which every of its protocols can be read. */
function failure(error: unknown): Reply {
  const refused = error instanceof AwsError;
  const code = refused ? error.code : "InternalFailure";
  return {
    status: refused ? error.status : 500,
    headers: { "content-type": "application/json", "x-amzn-errortype": code },
    body: { __type: code, message: refused ? error.message : String(error) },
  };
}

async function admit(request: IncomingMessage, gone: AbortSignal, door: Door): Promise<Call> {
  const reason = trespass(request);
  if (reason) throw new AwsError("AccessDeniedException", `This ${reason} is not answered here.`, 403);
  const call = await readCall(request, gone);
  if (await isSigned(call, door.credentials, door.service, systemClock.now())) return call;
  throw new AwsError("UnrecognizedClientException", "The request is not signed with this run's key.", 403);
}

async function readCall(request: IncomingMessage, gone: AbortSignal): Promise<Call> {
  const { method = "GET", headers, url = "/" } = request;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const piece = Buffer.from(chunk);
    size += piece.length;
    if (size > MOST_BYTES) throw new AwsError("RequestEntityTooLarge", "The request is too long.", 413);
    chunks.push(piece);
  }
  return {
    method,
    headers,
    url: new URL(url, "http://127.0.0.1"),
    body: Buffer.concat(chunks).toString("utf8"),
    gone,
  };
}
