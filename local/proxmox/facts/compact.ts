import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const Loose = z.record(z.string(), z.unknown());
const Source = z.array(z.looseObject({ path: z.string(), method: z.string(), params: z.record(z.string(), Loose), returns: Loose.optional() }));
const Workers = z.record(z.string(), z.array(z.string()));
type Loose = z.infer<typeof Loose>;

const ENDPOINT_KEYS = ["perm", "protected", "proxyto", "allowtoken", "async", "extraParams"];
const PROPERTY_KEYS =
  "type optional enum min max minLength maxLength pattern format requires items props alias defaultKey default".split(" ");

/** Object formats repeat in every call that takes a disk or a network card: they are kept once, by index. */
function formatTable() {
  const rows: string[] = [];
  const indexOf = (text: string) => {
    const found = rows.indexOf(text);
    return found >= 0 ? found : rows.push(text) - 1;
  };
  return { rows, indexOf };
}

const pick = (source: Loose, keys: readonly string[]): Loose =>
  Object.fromEntries(keys.filter((key) => (source[key] ?? undefined) !== undefined).map((key) => [key, source[key]]));

function property(source: Loose, indexOf: (text: string) => number): Loose {
  const kept = pick(source, PROPERTY_KEYS);
  const nested = (value: unknown) => properties(Loose.parse(value), indexOf);
  if (typeof kept.pattern === "string") kept.pattern = kept.pattern.replaceAll("(?^:", "(?:");
  if (typeof kept.format === "object") kept.format = indexOf(JSON.stringify(nested(kept.format)));
  if (kept.props) kept.props = nested(kept.props);
  if (kept.items) kept.items = property(Loose.parse(kept.items), indexOf);
  return kept;
}

const properties = (source: Loose, indexOf: (text: string) => number): Loose =>
  Object.fromEntries(Object.entries(source).map(([name, value]) => [name, property(Loose.parse(value), indexOf)]));

/** The key under which an index call lists what is below it. */
function indexKey(returns: Loose | undefined): string | undefined {
  const link = z.tuple([z.string()]).safeParse(returns?.links).data?.[0];
  return link && /^\{(subdir|name|cmd|method|id)\}$/.test(link) ? link.slice(1, -1) : undefined;
}

function compact(source: z.infer<typeof Source>, workers: z.infer<typeof Workers>) {
  const { rows, indexOf } = formatTable();
  const endpoints = source.map((endpoint) => {
    const types = workers[`${endpoint.method} ${endpoint.path}`]?.map((line) => line.split(" ")[0]);
    const params = properties(endpoint.params, indexOf);
    const link = indexKey(endpoint.returns);
    const head = { method: endpoint.method, path: endpoint.path, params };
    return JSON.stringify({ ...head, ...pick(endpoint, ENDPOINT_KEYS), ...(types && { workers: types }), ...(link && { link }) });
  });
  return `{"formats":[\n${rows.join(",\n")}\n],"endpoints":[\n${endpoints.join(",\n")}\n]}\n`;
}

const folder = process.argv[2];
if (!folder) throw new Error("usage: node local/proxmox/facts/compact.ts <folder with pve-*.json and workers.json>");
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));
const workers = Workers.parse(read("workers.json"));
for (const version of ["7.4", "8.4", "9.2"]) {
  const text = compact(Source.parse(read(`pve-${version}.json`)), workers);
  writeFileSync(join(import.meta.dirname, `${version}.json`), text);
  console.log(`${version}: ${Math.round(text.length / 1024)} KiB`);
}
