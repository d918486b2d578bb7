import type { Call, Handlers } from "../call.ts";
import { died } from "../refusal.ts";
import { sectionOf } from "../section.ts";

const fileOf = (kind: string) => `mapping-${kind}`;

/** The mappings that a token may use, see or change. */
const list = (kind: string) => (call: Call) =>
  Object.entries(sectionOf(call.world, fileOf(kind)))
    .filter(([id]) =>
      ["Use", "Modify", "Audit"].some((verb) => call.may(`/mapping/${kind}/${id}`, `Mapping.${verb}`)),
    )
    .map(([id, { description = "", map = "" }]) => ({ id, description, map: map.split("\n"), error: [] }));

const create = (kind: string) => (call: Call) => {
  const { params, world } = call;
  const id = params.text("id");
  const section = sectionOf(world, fileOf(kind));
  if (section[id]) throw died(`create ${kind} mapping failed: mapping ID '${id}' already defined`);
  section[id] = {
    map: params.text("map").replaceAll(/,(?=node=)/g, "\n"),
    description: params.text("description"),
  };
  world.touch();
  return null;
};

const KINDS = ["pci", "usb", "dir"] as const;

/** Devices and directories of nodes under a name for the whole cluster. */
export const mappingHandlers: Handlers = Object.fromEntries(
  KINDS.flatMap((kind) => [
    [`GET /cluster/mapping/${kind}`, list(kind)],
    [`POST /cluster/mapping/${kind}`, create(kind)],
  ]),
);
