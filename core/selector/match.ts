import { glob } from "../lib/glob.ts";
import type { Expression } from "./expression.ts";

/** Does a guest with these tags fit the expression? Case is ignored. */
export function matches(expression: Expression, tags: readonly string[]): boolean {
  if (expression.kind === "tag") return carried(expression.tag, tags) !== undefined;
  if (expression.kind === "not") return !matches(expression.of, tags);
  if (expression.kind === "and") return expression.of.every((part) => matches(part, tags));
  return expression.of.some((part) => matches(part, tags));
}

/** The first of the tags that fits a tag of an expression, as the guest carries it. */
export function carried(wanted: string, tags: readonly string[]): string | undefined {
  return tags.find((tag) => glob(wanted, tag));
}
