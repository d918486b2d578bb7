import { Hono } from "hono";
import { handle, type LambdaContext, type LambdaEvent } from "hono/aws-lambda";
import type { World } from "../../core/context.ts";
import { liveWorld } from "./live.ts";
import { keys } from "./needs/keys.ts";
import { tables } from "./needs/tables.ts";
import { problemOf, type Outgoing } from "./problem.ts";
import type { Provider } from "./provider.ts";
import { requestIdOf } from "./request-id.ts";
import type { Incoming } from "./request.ts";
import { respond } from "./respond.ts";
import type { Spec } from "./route.ts";
import { noRoute } from "./routes.ts";

export type Handler = ReturnType<typeof handle>;
type Bindings = { event: LambdaEvent; lambdaContext: LambdaContext };

/** Makes the world of a function with these needs; a test brings its own. */
export type WorldMaker = (needs: readonly Provider[], effect: "read" | "write") => World;

function sourceOf(event: LambdaEvent): string {
  if (!("requestContext" in event) || !("http" in event.requestContext)) return "unknown";
  return event.requestContext.http.sourceIp;
}

/**
 * The event with a path that means the same once more. API Gateway hands it over decoded, so that a `%3F` in it would be
 * read as the start of the query; the parameters that it has taken out of the path are told apart.
 */
function withPath<E extends LambdaEvent>(spec: Spec, event: E): E {
  if (!("rawPath" in event) || !("pathParameters" in event)) return event;
  const { pathParameters } = event;
  if (spec.parameters.length === 0 || !pathParameters) return event;
  const rawPath = spec.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(pathParameters[name] ?? ""),
  );
  return { ...event, rawPath };
}

function written(spec: Spec, { status, body, headers, type }: Outgoing): Response {
  if (body === undefined) return new Response(null, { status, headers });
  const text = spec.as !== undefined && typeof body === "string" ? body : JSON.stringify(body);
  return new Response(text, { status, headers: { ...headers, "content-type": type } });
}

/** A Lambda handler for one route: a Hono application that knows nothing else. */
export function mount(spec: Spec, makeWorld: WorldMaker = liveWorld): Handler {
  let world: World | undefined;
  const app = new Hono<{ Bindings: Bindings }>();
  app.on(spec.method, spec.path.replace(/\{(\w+)\}/g, ":$1"), async (c) => {
    world ??= makeWorld([...(spec.open ? [] : [tables, keys]), ...(spec.needs ?? [])], spec.verb.effect);
    const url = new URL(c.req.url);
    const path = Object.fromEntries(spec.parameters.map((name) => [name, c.req.param(name) ?? ""]));
    const incoming: Incoming = {
      path,
      query: url.searchParams,
      header: (name) => c.req.header(name),
      body: spec.method === "GET" ? "" : await c.req.text(),
      source: sourceOf(c.env.event),
      url: url.pathname + url.search,
    };
    return written(spec, await respond(world, spec, incoming));
  });
  // A parameter that is empty, a dot or two is lost on the way to a Request, and the path is another.
  app.notFound((c) => {
    const requestId = requestIdOf(c.req.header("x-request-id"), new Date());
    const { path: url } = c.req;
    const answer = problemOf(noRoute(spec.method, url), { requestId, url });
    return written(spec, { ...answer, headers: { ...answer.headers, "x-request-id": requestId } });
  });
  // Nothing here is binary; what the adapter does not take for text it would write as base64.
  const serve = handle(app, { isContentTypeBinary: () => false });
  if (spec.method !== "GET") return (event, context) => serve(withPath(spec, event), context);
  // A GET with a body cannot be made into a Request: Hono would refuse it in words of its own.
  return (event, context) => serve({ ...withPath(spec, event), body: null }, context);
}
