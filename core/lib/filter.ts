import type { Warning } from "./page.ts";

/** A filter that fits nothing at all is most often a misspelt one: the warning that says so; none where it fits. */
export const unknownFilter = (
  name: string,
  value: string | undefined,
  known: readonly (string | null)[],
): Warning[] =>
  value === undefined || known.includes(value)
    ? []
    : [{ code: "filter.unknown", detail: `nothing that is known here has the ${name} ${value}` }];
