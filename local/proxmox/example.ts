import type { Endpoint, Version } from "./facts/index.ts";
import { returnsOf, type Returned } from "./facts/returns.ts";
import type { Params } from "./params.ts";

/** Words that say more than their type. */
const WORDS: Readonly<Record<string, string>> = {
  digest: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  name: "example",
  type: "example",
  comment: "example",
  cidr: "192.0.2.0/24",
  ip: "192.0.2.1",
  mac: "BC:24:11:00:00:01",
  url: "https://example.test/",
  path: "/example",
  version: "1.0",
  timezone: "UTC",
};

function text(name: string, { enum: words }: Returned, params: Params): string {
  const asked = params.optional(name);
  if (words) return asked && words.includes(asked) ? asked : (words[0] ?? "");
  return asked ?? WORDS[name] ?? "";
}

function valueOf(name: string, schema: Returned, params: Params): unknown {
  const { type, props } = schema;
  if (type === "array") return [];
  if (props || type === "object") return objectOf(props ?? {}, params);
  if (type === "boolean") return 0;
  if (type === "integer" || type === "number") return Number(params.optional(name) ?? 0) || 0;
  return type === "null" ? null : text(name, schema, params);
}

/** Every key that is always there. */
function objectOf(props: Readonly<Record<string, Returned>>, params: Params): Record<string, unknown> {
  const sure = Object.entries(props).filter(([, schema]) => !schema.optional);
  return Object.fromEntries(sure.map(([name, schema]) => [name, valueOf(name, schema, params)]));
}

/** These come later and say so: consoles, joining, pictures, software-defined networks and the manager's rules. */
const LATER =
  /websocket|mtunnel|\/(rrd|sdn|join|ha\/(rules|status\/disarm))(\/|$)|\/ceph\/cfg|file-restore\/download/;

const known = new Map<Version, Readonly<Record<string, Returned>>>();

/** An answer of the declared form to a call that only reads and has no handler of its own: lists are empty, and of an
 * object there is what is always there. */
export function exampleHandler(
  version: Version,
  { method, path }: Endpoint,
): ((call: { params: Params }) => unknown) | undefined {
  if (method !== "GET" || LATER.test(path)) return undefined;
  const returns = known.get(version) ?? returnsOf(version);
  known.set(version, returns);
  const schema = returns[`GET ${path}`];
  return schema && (({ params }) => valueOf("", schema, params));
}
