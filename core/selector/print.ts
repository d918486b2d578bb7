import type { Expression } from "./expression.ts";
import { isKeyword } from "./tokens.ts";

const strength = { or: 0, and: 1, not: 2, tag: 3 } as const;

/** The normal form: keywords in capitals, single spaces, quotes around tags called as keywords are, only the parentheses it needs. Parsing it gives the same tree. */
export function printExpression(expression: Expression): string {
  if (expression.kind === "tag") return isKeyword(expression.tag) ? `"${expression.tag}"` : expression.tag;
  if (expression.kind === "not") return `NOT ${inside(expression.of, strength.not)}`;
  const parts = expression.of.map((part) => inside(part, strength[expression.kind]));
  return parts.join(` ${expression.kind.toUpperCase()} `);
}

function inside(part: Expression, outer: number): string {
  return strength[part.kind] < outer ? `(${printExpression(part)})` : printExpression(part);
}
