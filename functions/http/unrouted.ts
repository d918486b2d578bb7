import * as z from "zod";
import { Fault } from "../../core/lib/fault.ts";
import { systemClock, type Clock } from "../../core/lib/clock.ts";
import { jsonLog, type Log } from "../../core/lib/log.ts";
import document from "../../openapi.json" with { type: "json" };
import { problemOf } from "./problem.ts";
import { requestIdOf } from "./request-id.ts";
import { methodsOf, noRoute, routesOf } from "./routes.ts";

const Event = z.object({
  rawPath: z.string(),
  rawQueryString: z.string().default(""),
  headers: z.record(z.string(), z.string()).default({}),
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
});

const routes = routesOf(document.paths);
/** What is wrong with a request that no route takes. */
function faultOf(method: string, path: string): Fault {
  const allow = path === "/" ? ["GET"] : methodsOf(routes, path);
  if (allow.length > 0) {
    const detail = `${path} takes ${allow.join(", ")}, not ${method}.`;
    return new Fault("method", "route.method", detail, { allow });
  }
  const bare = path.replace(/\/+$/, "");
  const there = bare !== path && methodsOf(routes, bare).length > 0;
  return noRoute(method, path, there ? `paths do not end with a slash: this one is ${bare}` : undefined);
}

/** The address as it came: the gateway hands the path over decoded. */
const addressOf = (path: string, query: string) =>
  path
    .toWellFormed()
    .split("/")
    .map((part) => encodeURIComponent(part))
    .join("/") + (query === "" ? "" : `?${query}`);

/** Answers what no route takes, the gateway's `$default`: with a problem, since its own words would be none. */
export const unrouted = (log: Log, clock: Clock) => async (raw: unknown) => {
  const { rawPath, rawQueryString, headers, requestContext } = Event.parse(raw);
  const { method } = requestContext.http;
  if (method === "GET" && rawPath === "/") return { statusCode: 302, headers: { location: "/docs" } };
  const requestId = requestIdOf(headers["x-request-id"], clock.now());
  const at = { requestId, url: addressOf(rawPath, rawQueryString) };
  const { status, body, type, headers: told } = problemOf(faultOf(method, rawPath), at);
  log.info("request", { requestId, method, route: "$default", status });
  return {
    statusCode: status,
    headers: { ...told, "content-type": type, "x-request-id": requestId },
    // An answer to HEAD has no body.
    ...(method === "HEAD" ? {} : { body: JSON.stringify(body) }),
  };
};

const log = jsonLog(
  (line) => process.stdout.write(`${line}\n`),
  () => systemClock.now(),
);
export const handler = unrouted(log, systemClock);
