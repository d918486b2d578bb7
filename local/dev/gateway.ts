import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import * as z from "zod";
import { newId } from "../../core/lib/id.ts";
import document from "../../openapi.json" with { type: "json" };
import { toEvent } from "./event.ts";
import type { Host } from "./host.ts";

const BODY_LIMIT = 10 * 1024 * 1024;

const Answer = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(""),
  isBase64Encoded: z.boolean().default(false),
});

const Paths = z.record(z.string(), z.record(z.string(), z.looseObject({ "x-file": z.string() })));

/** A route of the document, ready to be compared with a path. */
export interface Route {
  readonly key: string;
  readonly method: string;
  readonly parts: readonly string[];
  readonly file: string;
}

const isParameter = (part: string) => part.startsWith("{");

/** The routes of a document; a literal part is compared before a parameter, as API Gateway does. */
function routesOf(paths: unknown): Route[] {
  const found = Object.entries(Paths.parse(paths)).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      const upper = method.toUpperCase();
      return { key: `${upper} ${path}`, method: upper, parts: path.split("/"), file: operation["x-file"] };
    }),
  );
  const rank = (route: Route) => route.parts.map((part) => (isParameter(part) ? "1" : "0")).join("");
  return found.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** The route for a request. */
function match(routes: readonly Route[], method: string, path: string): Route | undefined {
  const given = path.split("/");
  return routes.find(
    (route) =>
      route.method === method &&
      route.parts.length === given.length &&
      route.parts.every((part, index) => (isParameter(part) ? given[index] !== "" : part === given[index])),
  );
}

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

function problem(
  response: ServerResponse,
  url: string,
  trouble: { status: number; title: string; code: string; detail: string },
): void {
  const requestId = newId("req", new Date());
  const body = {
    type: `urn:moxxie:error:${trouble.code}`,
    ...trouble,
    instance: url,
    requestId,
    retryable: trouble.status >= 500,
  };
  response.writeHead(trouble.status, {
    "content-type": "application/problem+json",
    "x-request-id": requestId,
  });
  response.end(JSON.stringify(body));
}

async function serve(
  host: Host,
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = request.url ?? "/";
  const { pathname } = new URL(url, "http://127.0.0.1");
  const body = await read(request);
  if (!body)
    return problem(response, url, {
      status: 413,
      title: "Content Too Large",
      code: "request.too-large",
      detail: "The body is longer than 10 MB.",
    });
  const route = match(routes, request.method ?? "GET", pathname);
  if (!route) {
    const detail = `There is no route ${request.method} ${pathname}; /docs lists them all.`;
    return problem(response, url, { status: 404, title: "Not Found", code: "route.missing", detail });
  }
  try {
    const answer = Answer.parse(await host.invoke(route.file, toEvent(request, route, body)));
    response.writeHead(answer.statusCode, answer.headers);
    response.end(Buffer.from(answer.body, answer.isBase64Encoded ? "base64" : "utf8"));
  } catch {
    const detail =
      "The function was cut off; whether the request had an effect is settled by itself. Ask again.";
    problem(response, url, {
      status: 503,
      title: "Service Unavailable",
      code: "internal.unavailable",
      detail,
    });
  }
}

/** The HTTP gateway on loopback: each route of openapi.json goes to its own function. */
export function startGateway(host: Host, port: number): Promise<{ url: string; server: Server }> {
  const routes = routesOf(document.paths);
  const server = createServer((request, response) => void serve(host, routes, request, response));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      const used = typeof address === "object" && address ? address.port : port;
      resolve({ url: `http://127.0.0.1:${used}`, server });
    });
  });
}
