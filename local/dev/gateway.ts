import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import * as z from "zod";
import document from "../../openapi.json" with { type: "json" };
import { trespass, type Trespass } from "../loopback.ts";
import { toEvent } from "./event.ts";
import type { Host } from "./host.ts";
import { problem, type Trouble } from "./problem.ts";
import { match, routesOf, type Route } from "../../functions/http/routes.ts";

const BODY_LIMIT = 10 * 1024 * 1024;
const BASE = "http://127.0.0.1";

const Answer = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(""),
  isBase64Encoded: z.boolean().default(false),
});

const routes = routesOf(document.paths);
/** As infra has it: one function for all that no route takes. */
const UNROUTED: Route = { key: "$default", method: "ANY", parts: [], file: "functions/http/unrouted" };

const MALFORMED: Trouble = {
  status: 400,
  title: "Bad Request",
  code: "request.malformed",
  detail: "The address of the request cannot be read.",
};
const TOO_LARGE: Trouble = {
  status: 413,
  title: "Content Too Large",
  code: "request.too-large",
  detail: "The body is longer than 10 MB.",
};
/** A page of another site cannot ask here, whatever key it has, and is told nothing. */
const FOREIGN: Readonly<Record<Trespass, Trouble>> = {
  host: {
    status: 403,
    title: "Forbidden",
    code: "request.host",
    detail: "This server answers to 127.0.0.1 and localhost with its own port, and to no other name.",
  },
  origin: {
    status: 403,
    title: "Forbidden",
    code: "request.origin",
    detail: "Web pages of other origins are not answered.",
  },
};
const CUT_OFF: Trouble = {
  status: 503,
  title: "Service Unavailable",
  code: "internal.unavailable",
  detail: "The function was cut off; whether the request had an effect is settled by itself. Ask again.",
};

async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const piece = Buffer.from(chunk);
    size += piece.length;
    if (size > BODY_LIMIT) return undefined;
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

async function serve(host: Host, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? "/";
  if (!URL.canParse(url, BASE)) return problem(response, url, MALFORMED);
  const foreign = trespass(request, { pages: true });
  if (foreign) return problem(response, "/", FOREIGN[foreign]);
  const { pathname } = new URL(url, BASE);
  const body = await read(request);
  if (!body) return problem(response, url, TOO_LARGE);
  const method = request.method ?? "GET";
  const route = match(routes, method, pathname) ?? UNROUTED;
  const answer = Answer.parse(await host.invoke(route.file, toEvent(request, route, body)));
  response.writeHead(answer.statusCode, answer.headers);
  response.end(Buffer.from(answer.body, answer.isBase64Encoded ? "base64" : "utf8"));
}

/** The HTTP gateway on loopback. The port is taken first; requests are answered once there are functions. */
export class Gateway {
  readonly url: string;
  readonly #server: Server;
  #host: Host | undefined;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `${BASE}:${port}`;
    server.on("request", (request, response) => void this.#answer(request, response));
  }

  static open(port: number): Promise<Gateway> {
    const server = createServer();
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        const address = server.address();
        resolve(new Gateway(server, typeof address === "object" && address ? address.port : port));
      });
    });
  }

  /** From now on each route of openapi.json goes to its own function. */
  serve(host: Host): void {
    this.#host = host;
  }

  /** Whatever a request is like, it ends with an answer or a closed connection, and the gateway goes on. */
  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (!this.#host) throw new Error("the functions are not there yet");
      await serve(this.#host, request, response);
    } catch {
      problem(response, request.url ?? "/", CUT_OFF);
    }
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
