import { unknownFilter } from "../lib/filter.ts";
import { glob } from "../lib/glob.ts";
import type { Warning } from "../lib/page.ts";
import type { Expression } from "./expression.ts";
import { parseExpression } from "./parse.ts";

const termsOf = (expression: Expression): string[] => {
  if (expression.kind === "tag") return [expression.tag];
  return expression.kind === "not" ? termsOf(expression.of) : expression.of.flatMap(termsOf);
};

/** Warnings of the tags that an expression names and none of these guests carries: most often they are misspelt. */
export function unknownTags(
  text: string | undefined,
  guests: readonly { readonly tags: readonly string[] }[],
): Warning[] {
  if (text === undefined) return [];
  const carried = [...new Set(guests.flatMap(({ tags }) => tags))];
  return [...new Set(termsOf(parseExpression(text)))].flatMap((term) =>
    unknownFilter("tag", term, carried.some((tag) => glob(term, tag)) ? [term] : []),
  );
}
