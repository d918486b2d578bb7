import type { FieldError } from "../lib/fault.ts";
import type { Node } from "../placement/index.ts";
import type { Manner } from "./input.ts";

/** The storages that `targetStorage` names, each with the field that names it. */
function named({ targetStorage = {} }: Pick<Manner, "targetStorage">) {
  if (typeof targetStorage === "string") return [{ pointer: "/targetStorage", name: targetStorage }];
  return Object.entries(targetStorage).flatMap(([from, to]) =>
    [from, to].map((name) => ({ pointer: `/targetStorage/${from}`, name })),
  );
}

/**
 * What is wrong with the storages that `targetStorage` names: a misspelt source would be left where it is in silence. Nothing
 * where nobody knows: a node that is away may have storages of its own, and a token without rights sees none. Pure.
 */
export function unknownStorages(
  manner: Pick<Manner, "targetStorage">,
  nodes: readonly Pick<Node, "online" | "storages">[],
): FieldError[] {
  const known = new Set(nodes.flatMap(({ storages }) => storages.map(({ storage }) => storage)));
  if (known.size === 0 || nodes.some(({ online }) => !online)) return [];
  return named(manner)
    .filter(({ name }) => !known.has(name))
    .map(({ pointer, name }) => ({
      pointer,
      code: "storage.missing",
      detail: `names storage ${name}, which is not there`,
    }));
}
