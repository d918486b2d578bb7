import * as z from "zod";
import { plain } from "./answer.ts";
import { parseMultipart, type Part } from "./multipart.ts";
import { died, invalid } from "./refusal.ts";
import { parseForm, type RawParams, type SimulatorRequest, type SimulatorResponse } from "./request.ts";
import type { World } from "./world.ts";
import { atLeast } from "./world.ts";

const METHODS = new Set(["GET", "POST", "PUT", "DELETE"]);
const PREFIX = "/api2/json";

/** The path below /api2/json and the query, taken apart. */
export function target(request: SimulatorRequest): { path: string; query: RawParams } {
  const cut = request.target.indexOf("?");
  const whole = cut < 0 ? request.target : request.target.slice(0, cut);
  const path = whole.startsWith(PREFIX) ? whole.slice(PREFIX.length).replaceAll(/\/+/g, "/") : whole;
  return { path: path === "" ? "/" : path, query: cut < 0 ? {} : parseForm(request.target.slice(cut + 1)) };
}

/** What the web server says before it looks at the API: wrong methods, bodies where there may be none, long bodies. */
export function rejected(world: World, request: SimulatorRequest): SimulatorResponse | undefined {
  const { method, headers } = request;
  if (!METHODS.has(method)) return plain(501, `method '${method}' not available`);
  if (headers["transfer-encoding"]?.includes("chunked"))
    return plain(501, "chunked transfer encoding not supported");
  if (!request.target.startsWith(`${PREFIX}/`) && request.target !== PREFIX) return plain(501, "no such uri");
  return request.body ? rejectedBody(world, request, request.body) : undefined;
}

function rejectedBody(world: World, { method, headers }: SimulatorRequest, body: string) {
  if (method === "GET" || method === "DELETE") return plain(501, `Unexpected content for method '${method}'`);
  const limit = atLeast(world, 8.4) ? 524_288 : 65_536;
  if (Buffer.byteLength(body) > limit && !isUpload(headers)) return plain(501, "for data too large");
  const type = headers["content-type"] ?? "";
  if (type && !/^(application\/(x-www-form-urlencoded|json)|multipart\/form-data)/.test(type))
    return plain(506, `upload 'Content-Type '${type}' not implemented`);
  return undefined;
}

const isUpload = (headers: SimulatorRequest["headers"]) =>
  headers["content-type"]?.startsWith("multipart/") ?? false;

const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const JsonBody = z.record(z.string(), z.union([Scalar, z.array(Scalar)]));

const written = (value: z.infer<typeof Scalar>) => {
  if (typeof value === "boolean") return value ? "1" : "0";
  return value === null ? " " : String(value);
};

function parseJson(text: string): RawParams {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw died(
      "malformed JSON string, neither tag, array, object, number, string or atom, at character offset 0",
    );
  }
  const body = JsonBody.safeParse(parsed);
  if (!body.success) throw died("Not a HASH reference at /usr/share/perl5/PVE/APIServer/AnyEvent.pm");
  return Object.fromEntries(
    Object.entries(body.data).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map(written) : written(value),
    ]),
  );
}

/** The file of an upload, if there is one. */
export const uploadOf = ({ headers, body }: SimulatorRequest): Part | undefined =>
  isUpload(headers)
    ? parseMultipart(headers["content-type"] ?? "", body ?? "").find(({ filename }) => filename !== undefined)
    : undefined;

function multipartParams({ headers, body = "" }: SimulatorRequest): RawParams {
  const parts = parseMultipart(headers["content-type"] ?? "", body);
  return Object.fromEntries(
    parts.map(({ name, filename, content }): [string, string] =>
      filename === undefined ? [name, content] : ["filename", filename],
    ),
  );
}

function bodyParams(request: SimulatorRequest): RawParams {
  if (!request.body) return {};
  if (isUpload(request.headers)) return multipartParams(request);
  return request.headers["content-type"]?.startsWith("application/json")
    ? parseJson(request.body)
    : parseForm(request.body);
}

/** Everything that was sent: the query wins over the body, the path over both, and may not be contradicted. */
export function gather(
  request: SimulatorRequest,
  query: RawParams,
  path: Readonly<Record<string, string>>,
): RawParams {
  const sent = { ...bodyParams(request), ...query };
  for (const [name, value] of Object.entries(path))
    if (sent[name] !== undefined && sent[name] !== value)
      throw invalid({ [name]: "duplicate parameter (already defined in URI) with conflicting values" });
  return { ...sent, ...path };
}
