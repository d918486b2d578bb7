import type { Call, Handlers } from "../call.ts";
import { died } from "../refusal.ts";
import { sectionOf } from "../section.ts";
import type { Config } from "../state.ts";
import { allowedTags, pairs, registeredTags } from "../tag-rights.ts";

const optionsOf = (call: Call): Config => (sectionOf(call.world, "options").datacenter ??= {});

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

/** Whoever may not see the whole configuration sees what it takes to show guests. */
const OPEN = new Set(["console", "tag-style"]);

function read(call: Call) {
  const { "registered-tags": _tags, ...options } = optionsOf(call);
  const whole = (call.who.user === "root@pam" && !call.who.token) || call.may("/", "Sys.Audit");
  const registered = whole ? registeredTags(call) : [];
  const shown = Object.entries(options)
    .filter(([name]) => whole || OPEN.has(name))
    .map(([name, value]) => [name, OBJECTS.has(name) ? pairs(value) : value] as const);
  return {
    ...(whole && { mac_prefix: "BC:24:11" }),
    ...Object.fromEntries(shown),
    ...(registered.length > 0 && { "registered-tags": registered }),
    "allowed-tags": allowedTags(call),
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
