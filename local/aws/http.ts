import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";

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

/** Serves JSON on 127.0.0.1; port 0 takes a free one. What `answer` throws becomes a bare 500. */
export async function serve(answer: (call: Call) => Promise<Reply>, port = 0): Promise<Server> {
  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const send = ({ status, headers, body }: Reply) => {
      const text = JSON.stringify(body);
      response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(text) }).end(text);
    };
    void readCall(request, gone.signal).then(answer).catch(failure).then(send);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
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

const failure = (error: unknown): Reply => ({
  status: 500,
  headers: { "content-type": "application/json", "x-amzn-errortype": "InternalFailure" },
  body: { __type: "InternalFailure", message: String(error) },
});

async function readCall(request: IncomingMessage, gone: AbortSignal): Promise<Call> {
  const { method = "GET", headers, url = "/" } = request;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return {
    method,
    headers,
    url: new URL(url, "http://127.0.0.1"),
    body: Buffer.concat(chunks).toString("utf8"),
    gone,
  };
}
