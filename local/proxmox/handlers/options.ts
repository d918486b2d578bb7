import type { Call, Handlers } from "../call.ts";
import { died } from "../refusal.ts";
import { sectionOf } from "../section.ts";
import type { Config } from "../state.ts";

const optionsOf = (call: Call): Config => (sectionOf(call.world, "options").datacenter ??= {});

/** `a=1,b=2` as an object. */
const pairs = (text: string) =>
  Object.fromEntries(
    text
      .split(",")
      .map((part): [string, string] => [part.split("=")[0] ?? "", part.slice(part.indexOf("=") + 1)]),
  );

const OBJECTS = new Set([
  "next-id",
  "tag-style",
  "user-tag-access",
  "ha",
  "migration",
  "bwlimit",
  "crs",
  "notify",
]);

/** Every tag that is in use or registered. */
function allowedTags(call: Call, registered: readonly string[]): string[] {
  const used = Object.values(call.world.state.guests).flatMap(({ config }) => (config.tags ?? "").split(";"));
  return [...new Set([...used, ...registered])]
    .filter((tag) => tag.trim() !== "")
    .toSorted((a, b) => (a < b ? -1 : 1));
}

function read(call: Call) {
  const { "registered-tags": tags = "", ...options } = optionsOf(call);
  const registered = tags.split(/[;,\s]+/).filter(Boolean);
  const shown = Object.entries(options).map(
    ([name, value]) => [name, OBJECTS.has(name) ? pairs(value) : value] as const,
  );
  return {
    mac_prefix: "BC:24:11",
    ...Object.fromEntries(shown),
    ...(registered.length > 0 && { "registered-tags": registered }),
    "allowed-tags": allowedTags(call, registered),
  };
}

function checkNextId(text: string | undefined): void {
  const { lower = "100", upper = "1000000" } = text ? pairs(text) : {};
  if (Number(lower) > Number(upper)) throw died(`lower (${lower}) <= upper (${upper}) boundary rule broken`);
}

function write(call: Call): null {
  const options = optionsOf(call);
  checkNextId(call.params.optional("next-id"));
  for (const name of call.params.list("delete")) delete options[name];
  Object.assign(options, call.params.without(["delete"]));
  call.world.touch();
  return null;
}

/** Options of the whole cluster. */
export const optionHandlers: Handlers = {
  "GET /cluster/options": read,
  "PUT /cluster/options": write,
};
