import { glob } from "../lib/glob.ts";
import type { Expression } from "./expression.ts";

type Term = Expression & { readonly kind: "tag" };

/** Guests share their tags, so each tag is held against each term of an expression once. */
const judged = new WeakMap<Term, Map<string, boolean>>();

function fits(term: Term, tag: string): boolean {
  const known = judged.get(term) ?? new Map<string, boolean>();
  if (known.size === 0) judged.set(term, known);
  const answer = known.get(tag) ?? glob(term.tag, tag);
  known.set(tag, answer);
  return answer;
}

/** Does a guest with these tags fit the expression? Case is ignored. */
export function matches(expression: Expression, tags: readonly string[]): boolean {
  if (expression.kind === "tag") return carried(expression, tags) !== undefined;
  if (expression.kind === "not") return !matches(expression.of, tags);
  if (expression.kind === "and") return expression.of.every((part) => matches(part, tags));
  return expression.of.some((part) => matches(part, tags));
}

/** The first of the tags that fits a tag of an expression, as the guest carries it. */
export function carried(term: Term, tags: readonly string[]): string | undefined {
  return tags.find((tag) => fits(term, tag));
}
