import * as z from "zod";
import { plain } from "./answer.ts";
import { parseMultipart, type Part } from "./multipart.ts";
import { invalid, PlainRefusal } from "./refusal.ts";
import { parseForm, type RawParams, type SimulatorRequest, type SimulatorResponse } from "./request.ts";
import type { World } from "./world.ts";
import { atLeast } from "./world.ts";

const TYPES = /^application\/(x-www-form-urlencoded|json)/;
const UPLOAD_TYPES = /^(application\/(x-www-form-urlencoded|json)|multipart\/form-data)/;
const METHODS = new Set(["GET", "POST", "PUT", "DELETE"]);
const API = /^\/api2\/(json|extjs)(?=\/|$)/;

/** The path below /api2/json and the query, taken apart. */
export function target(request: SimulatorRequest): { path: string; query: RawParams } {
  const cut = request.target.indexOf("?");
  const whole = cut < 0 ? request.target : request.target.slice(0, cut);
  const path = whole.replace(API, "").replaceAll(/\/+/g, "/");
  return { path: path === "" ? "/" : path, query: cut < 0 ? {} : parseForm(request.target.slice(cut + 1)) };
}

/** What the web server says before it looks at the API: wrong methods, bodies where there may be none, long bodies. */
export function rejected(world: World, request: SimulatorRequest): SimulatorResponse | undefined {
  const { method, headers } = request;
  if (!METHODS.has(method)) return plain(501, `method '${method}' not available`);
  if (headers["transfer-encoding"]?.includes("chunked"))
    return plain(501, "chunked transfer encoding not supported");
  const whole = request.target.split("?")[0] ?? "";
  if (!API.test(whole)) return outside(whole);
  return request.body ? rejectedBody(world, request, request.body) : undefined;
}

/** A path that is not below a known formatter. */
function outside(whole: string): SimulatorResponse {
  const [, format, rest] = /^\/api2\/([^/]+)(\/.*)?$/.exec(whole) ?? [];
  if (format) return plain(501, rest ? `no formatter for uri ${rest}, ${format}` : "no such uri");
  return whole.startsWith("/api2") ? plain(501, "no such uri") : plain(500, `no such file '${whole}'`);
}

function rejectedBody(world: World, request: SimulatorRequest, body: string) {
  const { method, headers } = request;
  if (method === "GET" || method === "DELETE") return plain(501, `Unexpected content for method '${method}'`);
  const limit = atLeast(world, 8.4) ? 524_288 : 65_536;
  if (Buffer.byteLength(body) > limit && !isUpload(headers)) return plain(501, "for data too large");
  const type = headers["content-type"] ?? "";
  const accepted = request.target.split("?")[0]?.endsWith("/upload") ? UPLOAD_TYPES : TYPES;
  if (type && !accepted.test(type)) return plain(506, `upload 'Content-Type '${type}' not implemented`);
  return isUpload(headers) ? rejectedUpload(parseMultipart(type, body)) : undefined;
}

/** The web server reads uploads by itself: these fields, in this order, and then the file. */
const UPLOAD_FIELDS = ["content", "checksum-algorithm", "checksum"];

function rejectedUpload(parts: readonly Part[]): SimulatorResponse | undefined {
  const places = parts
    .filter(({ filename }) => filename === undefined)
    .map(({ name }) => UPLOAD_FIELDS.indexOf(name));
  const misplaced = places.some((place, index) => place < 0 || place < (places[index - 1] ?? 0));
  if (misplaced) return plain(400, "Bad Request");
  if (parts.some(({ filename }) => filename !== undefined)) return undefined;
  return plain(500, "upload failed at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 1388.");
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
    throw new PlainRefusal(
      500,
      "malformed JSON string, neither tag, array, object, number, string or atom, at character offset 0",
    );
  }
  const body = JsonBody.safeParse(parsed);
  if (!body.success)
    throw new PlainRefusal(500, "Not a HASH reference at /usr/share/perl5/PVE/APIServer/AnyEvent.pm");
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
