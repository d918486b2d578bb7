import * as z from "zod";
import type { World } from "../../core/context.ts";
import { mount } from "../../functions/http/mount.ts";
import type { Spec } from "../../functions/http/route.ts";
import type { VirtualClock } from "./clock.ts";
import { isDocumented } from "./documented.ts";
import { restrict } from "./restrict.ts";

/** What a test sends to a route. */
export interface Request {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string>>;
  /** The query as it stands on the wire, instead of `query`. */
  readonly rawQuery?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Another key than the admin's; null for none. */
  readonly key?: string | null;
}

const Answer = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(""),
});

function toEvent(spec: Spec, request: Request, key: string | null) {
  const pathParameters = Object.fromEntries(
    spec.parameters.map((name) => [name, String(request.path?.[name] ?? "")]),
  );
  // API Gateway hands the path over decoded.
  const rawPath = spec.path.replace(/\{(\w+)\}/g, (_, name: string) => pathParameters[name] ?? "");
  const body =
    request.body === undefined
      ? null
      : typeof request.body === "string"
        ? request.body
        : JSON.stringify(request.body);
  return {
    version: "2.0",
    routeKey: `${spec.method} ${spec.path}`,
    rawPath,
    pathParameters,
    rawQueryString: request.rawQuery ?? new URLSearchParams(request.query).toString(),
    headers: {
      host: "moxxie.test",
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...request.headers,
    },
    body,
    isBase64Encoded: false,
    requestContext: {
      accountId: "000000000000",
      apiId: "test",
      authentication: null,
      authorizer: {},
      domainName: "moxxie.test",
      domainPrefix: "moxxie",
      http: {
        method: spec.method,
        path: rawPath,
        protocol: "HTTP/1.1",
        sourceIp: "192.0.2.7",
        userAgent: "test",
      },
      requestId: "gateway",
      routeKey: `${spec.method} ${spec.path}`,
      stage: "$default",
      time: "",
      timeEpoch: 0,
    },
  };
}

/** Calls a route's own Lambda handler with the event that API Gateway would send, with the rights that infra would give. */
export function caller(world: World, clock: VirtualClock, admin: string) {
  return {
    call: async (route: { readonly spec: Spec }, request: Request = {}) => {
      const handler = mount(route.spec, (needs, effect) => restrict(world, needs, effect));
      const key = request.key === undefined ? admin : request.key;
      const context = { awsRequestId: "test", functionName: "test" };
      const raw = await clock.until(
        Promise.resolve(Reflect.apply(handler, undefined, [toEvent(route.spec, request, key), context])),
      );
      const { statusCode, headers, body } = Answer.parse(raw);
      const json: unknown = headers["content-type"]?.includes("json") ? JSON.parse(body) : undefined;
      const answer = { status: statusCode, headers, body, json };
      if (!isDocumented(route.spec, answer))
        throw new Error(
          `${route.spec.method} ${route.spec.path} answers what openapi.json does not say: ${body}`,
        );
      return answer;
    },
  };
}
