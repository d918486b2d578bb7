import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Route } from "../../functions/http/routes.ts";

const single = (headers: IncomingMessage["headers"]) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : value]),
  );

function parametersOf(route: Route, path: string): Record<string, string> {
  const given = path.split("/");
  const pairs = route.parts.map((part, index) => [part, decode(given[index] ?? "")] as const);
  return Object.fromEntries(
    pairs.filter(([part]) => part.startsWith("{")).map(([part, value]) => [part.slice(1, -1), value]),
  );
}

function contextOf(request: IncomingMessage, route: Route, path: string) {
  const now = new Date();
  const http = {
    method: request.method ?? "GET",
    path,
    protocol: "HTTP/1.1",
    sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
    userAgent: request.headers["user-agent"] ?? "",
  };
  return {
    accountId: "000000000000",
    apiId: "local",
    authentication: null,
    authorizer: {},
    domainName: "localhost",
    domainPrefix: "local",
    http,
    requestId: randomUUID(),
    routeKey: route.key,
    stage: "$default",
    time: now.toUTCString(),
    timeEpoch: now.getTime(),
  };
}

/** A request in API Gateway's payload format 2.0. */
export function toEvent(request: IncomingMessage, route: Route, body: Buffer) {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  return {
    version: "2.0",
    routeKey: route.key,
    // As API Gateway does it: the path is decoded, and what stands for a parameter is told apart.
    rawPath: decode(url.pathname),
    rawQueryString: url.search.slice(1),
    headers: single(request.headers),
    queryStringParameters: Object.fromEntries(url.searchParams),
    pathParameters: parametersOf(route, url.pathname),
    requestContext: contextOf(request, route, url.pathname),
    body: body.length > 0 ? body.toString("utf8") : null,
    isBase64Encoded: false,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
