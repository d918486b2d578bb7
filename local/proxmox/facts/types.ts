import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ENDPOINTS } from "../../../core/proxmox/endpoints.ts";
import { factsOf, VERSIONS, type Property } from "./index.ts";
import { availability, returnsOf, type Returned } from "./returns.ts";

/** Only root's own password opens these, and they lead from a token to the host: they are not even typed. */
const ROOT_ONLY = new Set(["args", "hookscript", "skiplock", "lock", "script", "dumpdir", "tmpdir", "job-id"]);
const OUTPUT = join(import.meta.dirname, "../../../core/proxmox/types/generated.ts");

const quoted = (words: readonly string[]) => words.map((word) => JSON.stringify(word)).join(" | ");
const unique = <T>(values: readonly T[]) => [...new Set(values)];

/** A property that some version lacks is optional. */
const isOptional = (all: readonly { optional?: boolean | undefined }[]) =>
  all.length < VERSIONS.length || all.some(({ optional }) => optional === true);

function paramType(all: readonly Property[]): string {
  if (all.every((one) => one.enum && one.type !== "integer")) return quoted(unique(all.flatMap((one) => one.enum ?? [])));
  const types = unique(all.map(({ type = "string" }) => type));
  const written = types.map((type) => {
    if (type === "integer" || type === "number") return "number";
    if (type === "boolean") return "boolean";
    return type === "array" ? "readonly string[]" : "string";
  });
  const lists = all.some(({ format }) => typeof format === "string" && /-a?list$/.test(format));
  return unique([...written, ...(lists ? ["readonly string[]"] : [])]).join(" | ");
}

function wireType(returned: Returned): string {
  const { type, props, items } = returned;
  if (returned.enum && type !== "integer") return quoted(unique(returned.enum));
  if (type === "array") return `ReadonlyArray<${items ? wireType(items) : "Unknown"}>`;
  if (props) return rowType([props]);
  if (type === "null" || type === "boolean" || type === "integer" || type === "number")
    return { null: "null", boolean: "Flag", integer: "Numeric", number: "Numeric" }[type];
  return type === "string" ? "string" : "Unknown";
}

/** The properties of all versions, side by side. */
function together<T>(rows: readonly Readonly<Record<string, T>>[]): [string, T[]][] {
  const names = unique(rows.flatMap((row) => Object.keys(row))).toSorted();
  return names.map((name) => [name, rows.flatMap((row) => row[name] ?? [])]);
}

function rowType(versions: readonly Readonly<Record<string, Returned>>[]): string {
  const lines = together(versions).map(([name, all]) => {
    const optional = all.length < versions.length || all.some((one) => one.optional === true);
    return `${JSON.stringify(name)}${optional ? "?" : ""}: ${unique(all.map(wireType)).join(" | ")};`;
  });
  return lines.length > 0 ? `{ ${lines.join(" ")} }` : "Unknown";
}

function returnType(all: readonly Returned[]): string {
  const rows = all.map(({ items }) => items?.props);
  if (rows.every((row) => row !== undefined)) return `readonly ${rowType(rows)}[]`;
  const props = all.map((one) => one.props);
  if (props.every((row) => row !== undefined)) return rowType(props);
  return unique(all.map(wireType)).join(" | ");
}

const find = (version: (typeof VERSIONS)[number], endpoint: string) =>
  factsOf(version).endpoints.find(({ method, path }) => `${method} ${path}` === endpoint);

function paramsOf(endpoint: string): string {
  const inPath = new Set([...endpoint.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  const known = VERSIONS.flatMap((version) => find(version, endpoint) ?? []);
  if (known.length === 0) throw new Error(`no version has ${endpoint}`);
  const lines = together(known.map(({ params }) => params))
    .filter(([name]) => !inPath.has(name) && !ROOT_ONLY.has(name))
    .map(([name, all]) => {
      if (name.endsWith("[n]")) return `[${name.slice(0, -3)}: \`${name.slice(0, -3)}\${number}\`]: string | undefined;`;
      const missing = isOptional(all) && !(known.length < VERSIONS.length && all.every((one) => !one.optional));
      return `${JSON.stringify(name)}${missing ? "?" : ""}: ${paramType(all)}${missing ? " | undefined" : ""};`;
    });
  return lines.length > 0 ? `{ ${lines.join(" ")} }` : "Readonly<Record<never, never>>";
}

const wireOf = (endpoint: string) => returnType(VERSIONS.flatMap((version) => RETURNS[version][endpoint] ?? []));
const RETURNS = { "7.4": returnsOf("7.4"), "8.4": returnsOf("8.4"), "9.2": returnsOf("9.2") };

function generate(): string {
  const gates = Object.entries(availability()).filter(([endpoint]) => ENDPOINTS.some((one) => one === endpoint));
  const rows = (typeOf: (endpoint: string) => string) =>
    ENDPOINTS.map((endpoint) => `  ${JSON.stringify(endpoint)}: ${typeOf(endpoint)};`).join("\n");
  return `// Made by local/proxmox/facts/types.ts of the facts of ${VERSIONS.join(", ")}; do not edit.

/** A boolean on the wire. */
type Flag = 0 | 1 | "0" | "1";
/** A number on the wire. */
type Numeric = number | string;
/** The schema is silent. */
type Unknown = unknown;

/** What each call takes beside what is in its path. */
export interface Params {
${rows(paramsOf)}
}

/** What each call answers, as far as the schema says. */
export interface Wire {
${rows(wireOf)}
}

/** The calls and parameters that not every version has. */
export const GATES = ${JSON.stringify(Object.fromEntries(gates), null, 2)} as const;
`;
}

const text = generate();
if (!process.argv.includes("--check")) writeFileSync(OUTPUT, text);
else if (readFileSync(OUTPUT, "utf8") !== text) {
  console.error("core/proxmox/types/generated.ts is stale: run node local/proxmox/facts/types.ts");
  process.exitCode = 1;
}
