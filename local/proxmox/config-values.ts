import { readDescription } from "./description.ts";
import type { Kind } from "./guest.ts";
import type { Property } from "./facts/index.ts";
import type { Config } from "./state.ts";
import { schemaName } from "./validate/params.ts";
import { atLeast, type World } from "./world.ts";

type Properties = Readonly<Record<string, Property>>;

/** The schema of everything a guest's configuration may hold. */
export function configSchema(world: World, kind: Kind): Properties {
  const path = `/nodes/{node}/${kind}/{vmid}/config`;
  return world.facts.endpoints.find((one) => one.path === path && one.method === "PUT")?.params ?? {};
}

/** A configuration as JSON: integers and booleans are numbers, all else is text, as the schema has it. */
export function typedConfig(world: World, kind: Kind, config: Config): Record<string, string | number> {
  const properties = configSchema(world, kind);
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => {
      if (name === "cipassword") return [name, "**********"];
      if (name === "description") return [name, readDescription(kind, value)];
      const type = properties[schemaName(properties, name)]?.type;
      const numeric = type === "integer" || type === "boolean" || name === "template";
      return [name, numeric && /^[+-]?\d+$/.test(value) ? Number(value) : value];
    }),
  );
}

/** Tags as an update stores them: lower case, each once, sorted, joined by semicolons; blank when there are none.
 * The cluster's tag style may keep case and order. */
export function normalTags(world: World, tags: string): string {
  const style = world.state.sections.options?.datacenter?.["tag-style"] ?? "";
  const parts = tags.split(/[,;\s]+/).filter(Boolean);
  const cased = style.includes("case-sensitive=1") ? parts : parts.map((tag) => tag.toLowerCase());
  const unique = [...new Set(cased)];
  const ordered = style.includes("ordering=config") ? unique : unique.toSorted((a, b) => (a < b ? -1 : 1));
  return ordered.join(";") || " ";
}

/** Tags as a creation stores them: as they were sent before 9. */
export const createdTags = (world: World, tags: string) =>
  atLeast(world, 9) ? normalTags(world, tags) : tags;

/** What only the literal root@pam with a ticket may set. */
export const ROOT_ONLY = ["lock", "args", "hookscript", "parent", "snaptime"];

/** Parameters of configuration calls that are not configuration. */
export const NOT_CONFIG: readonly string[] =
  "node vmid digest delete revert skiplock force background_delay import-working-storage".split(" ");
