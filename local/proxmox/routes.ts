import type { Endpoint, Facts } from "./facts/index.ts";

interface Branch {
  readonly literal: Map<string, Branch>;
  readonly methods: Map<string, Endpoint>;
  parameter?: { readonly name: string; readonly branch: Branch };
}

export interface Match {
  readonly endpoint: Endpoint;
  readonly path: Readonly<Record<string, string>>;
}

/** Paths are unescaped byte by byte: UTF-8 in them is not understood as such. */
export const unescaped = (text: string) =>
  text.replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );

const branch = (): Branch => ({ literal: new Map(), methods: new Map() });
const segments = (path: string) => path.split("/").filter(Boolean);

function plant(root: Branch, endpoint: Endpoint): void {
  let at = root;
  for (const segment of segments(endpoint.path)) {
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name) {
      at.parameter ??= { name, branch: branch() };
      at = at.parameter.branch;
      continue;
    }
    const next = at.literal.get(segment) ?? branch();
    at.literal.set(segment, next);
    at = next;
  }
  at.methods.set(endpoint.method, endpoint);
}

function grow(facts: Facts): Branch {
  const root = branch();
  root.methods.set("GET", { method: "GET", path: "/", params: {}, perm: { user: "all" }, link: "subdir" });
  for (const endpoint of facts.endpoints) plant(root, endpoint);
  return root;
}

const trees = new WeakMap<Facts, Branch>();

/** The endpoint behind a path below `/api2/json`, with the values of its placeholders. */
export function findRoute(facts: Facts, method: string, path: string): Match | undefined {
  const known = trees.get(facts) ?? grow(facts);
  trees.set(facts, known);
  const values: Record<string, string> = {};
  let at = known;
  const rest = segments(path);
  for (const [index, segment] of rest.entries()) {
    const next = at.literal.get(segment);
    if (next) {
      at = next;
      continue;
    }
    if (!at.parameter) return undefined;
    const greedy = at.parameter.name === "volume";
    const value = unescaped(greedy ? rest.slice(index).join("/") : segment);
    if (greedy && /\s/.test(value)) return undefined;
    values[at.parameter.name] = value;
    at = at.parameter.branch;
    if (greedy) break;
  }
  const endpoint = at.methods.get(method);
  return endpoint && { endpoint, path: values };
}

/** What lies directly below a path, for the calls that only list that. */
export function indexHandler(facts: Facts, { path, link }: Endpoint): (() => unknown) | undefined {
  if (!link) return undefined;
  const depth = segments(path).length;
  const below = facts.endpoints
    .filter((other) => path === "/" || other.path.startsWith(`${path}/`))
    .map((other) => segments(other.path)[depth] ?? "")
    .filter((name) => name !== "" && !name.startsWith("{"));
  return () => [...new Set(below)].toSorted((a, b) => (a < b ? -1 : 1)).map((name) => ({ [link]: name }));
}
