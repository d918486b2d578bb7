import { createHash } from "node:crypto";
import type { Call, Handlers } from "./call.ts";
import type { Property } from "./facts/index.ts";
import { died } from "./refusal.ts";
import type { Config } from "./state.ts";
import { schemaName } from "./validate/params.ts";
import type { World } from "./world.ts";

/** A configuration file made of named sections, and the calls that read and write it. */
export interface SectionFile {
  /** The key in the state. */
  readonly file: string;
  /** The path of the list; one entry is below it. */
  readonly path: string;
  /** The parameter that names an entry. */
  readonly key: string;
  readonly exists: (id: string) => string;
  readonly missing: (id: string) => string;
  readonly missingOnUpdate?: (id: string) => string;
  /** Nothing for files from which it is a success to delete what is not there. */
  readonly missingOnDelete?: (id: string) => string | undefined;
  /** The name of an entry that a call means by this one. */
  readonly idOf?: (call: Call, sent: string) => string;
  /** The rows by name that a call sees which asks for another state than the file's; nothing for all other calls. */
  readonly view?: (call: Call) => Readonly<Record<string, unknown>> | undefined;
  /** Checks what is about to go. */
  readonly checkRemoval?: (call: Call, id: string) => void;
  /** Fields that an entry has besides what was set. */
  readonly derived?: (id: string, entry: Config) => Readonly<Record<string, unknown>>;
  /** The name an entry gets, when it is not what was sent. */
  readonly name?: (call: Call, sent: string) => string;
  /** Only entries with the same value of this path parameter belong to the list. */
  readonly within?: string;
  /** Checks what is about to be created. */
  readonly check?: (call: Call, id: string) => void;
}

type Section = Record<string, Config>;

export const sectionOf = (world: World, file: string): Section => (world.state.sections[file] ??= {});

const digestOf = (section: Section) => createHash("sha1").update(JSON.stringify(section)).digest("hex");

function typed(properties: Readonly<Record<string, Property>>, entry: Config) {
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => {
      const type = properties[schemaName(properties, name)]?.type;
      return [name, type === "integer" || type === "boolean" ? Number(value) : value];
    }),
  );
}

const NOT_CONFIG = ["digest", "delete", "lock-token"];

function shown(call: Call, one: SectionFile, id: string) {
  const { world } = call;
  const section = sectionOf(world, one.file);
  const entry = section[id] ?? {};
  const schema = world.facts.endpoints.find(({ method, path }) => method === "POST" && path === one.path);
  const values = typed(schema?.params ?? {}, entry);
  return { ...values, [one.key]: id, ...one.derived?.(id, entry), digest: digestOf(section) };
}

function list(call: Call, one: SectionFile) {
  const { within } = one;
  const seen = one.view?.(call);
  if (seen) return Object.values(seen);
  return Object.entries(sectionOf(call.world, one.file))
    .filter(([, entry]) => !within || entry[within] === call.params.text(within))
    .map(([id]) => shown(call, one, id));
}

const namedBy = (call: Call, one: SectionFile) => {
  const sent = call.params.text(one.key);
  return one.idOf?.(call, sent) ?? sent;
};

function find(call: Call, one: SectionFile, text: (id: string) => string): { id: string; entry: Config } {
  const id = namedBy(call, one);
  const entry = sectionOf(call.world, one.file)[id];
  if (!entry) throw died(text(id));
  return { id, entry };
}

function get(call: Call, one: SectionFile): unknown {
  const seen = one.view?.(call);
  if (!seen) return shown(call, one, find(call, one, one.missing).id);
  const id = namedBy(call, one);
  if (!seen[id]) throw died(one.missing(id));
  return seen[id];
}

function create(call: Call, one: SectionFile): null {
  const section = sectionOf(call.world, one.file);
  const sent = call.params.text(one.key);
  const id = one.name?.(call, sent) ?? namedBy(call, one);
  if (section[id]) throw died(one.exists(id));
  one.check?.(call, id);
  section[id] = call.params.without([one.key, "node", ...NOT_CONFIG]);
  call.world.touch();
  return null;
}

function update(call: Call, one: SectionFile): null {
  const { entry } = find(call, one, one.missingOnUpdate ?? one.missing);
  for (const name of call.params.list("delete")) delete entry[name];
  Object.assign(entry, call.params.without([one.key, "node", ...NOT_CONFIG]));
  call.world.touch();
  return null;
}

function remove(call: Call, one: SectionFile): null {
  const id = namedBy(call, one);
  const section = sectionOf(call.world, one.file);
  const missing = (one.missingOnDelete ?? one.missing)(id);
  if (!section[id] && missing !== undefined) throw died(missing);
  if (section[id]) one.checkRemoval?.(call, id);
  delete section[id];
  call.world.touch();
  return null;
}

/** Create, read, update and delete for one such file. */
export const sectionHandlers = (one: SectionFile): Handlers => ({
  [`GET ${one.path}`]: (call) => list(call, one),
  [`POST ${one.path}`]: (call) => create(call, one),
  [`GET ${one.path}/{${one.key}}`]: (call) => get(call, one),
  [`PUT ${one.path}/{${one.key}}`]: (call) => update(call, one),
  [`DELETE ${one.path}/{${one.key}}`]: (call) => remove(call, one),
});
