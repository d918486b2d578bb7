import type { Expression } from "./expression.ts";
import { carried, matches } from "./match.ts";
import { enumerate } from "./words.ts";

/** A yes or no, with the reason a person would give for it: a clause without its subject, such as "has no env-*". */
export interface Reasoned {
  readonly matches: boolean;
  readonly because: string;
  /** Whether nobody can tell: what decides is not known, and a no would be a guess. */
  readonly unknown?: true;
}

interface Evidence {
  readonly has: readonly string[];
  readonly lacks: readonly string[];
}

/** Says whether these tags fit the expression and names the tags, there or missing, that decided it. */
export function explain(expression: Expression, tags: readonly string[]): Reasoned {
  const evidence = decided(expression, tags);
  return matches(expression, tags)
    ? { matches: true, because: fulfilled(evidence) }
    : { matches: false, because: failed(evidence) };
}

/** The tags that are enough to settle the outcome: one part when one part decides, all of them when it takes all. */
function decided(expression: Expression, tags: readonly string[]): Evidence {
  if (expression.kind === "tag") {
    const tag = carried(expression, tags);
    return tag === undefined ? { has: [], lacks: [expression.tag] } : { has: [tag], lacks: [] };
  }
  if (expression.kind === "not") return decided(expression.of, tags);
  const deciding = expression.of.find((part) => matches(part, tags) === (expression.kind === "or"));
  const parts = (deciding ? [deciding] : expression.of).map((part) => decided(part, tags));
  return { has: parts.flatMap((part) => part.has), lacks: parts.flatMap((part) => part.lacks) };
}

function fulfilled({ has, lacks }: Evidence): string {
  if (lacks.length === 0) return `has ${enumerate(has, "and")}`;
  if (has.length === 0) return `has no ${enumerate(lacks, "or")}`;
  return `has ${enumerate(has, "and")}, and no ${enumerate(lacks, "or")}`;
}

function failed({ has, lacks }: Evidence): string {
  const excluded = `has ${enumerate(has, "and")}, which the expression excludes`;
  if (lacks.length === 0) return excluded;
  if (has.length === 0) return `has no ${enumerate(lacks, "or")}`;
  return `${excluded}, and no ${enumerate(lacks, "or")}`;
}
