/**
 * A tag expression as a tree. Tags are lower case and may hold `*`. As the parser builds it, an `and` never holds an
 * `and` directly, nor an `or` an `or`, and both hold at least two.
 */
export type Expression =
  | { readonly kind: "tag"; readonly tag: string }
  | { readonly kind: "not"; readonly of: Expression }
  | { readonly kind: "and" | "or"; readonly of: readonly Expression[] };

/** What one expression may cost. Characters are counted without white space, so that a normal form never outgrows it. */
export const limits = { characters: 1024, depth: 20, terms: 64 } as const;

/** A tag expression that cannot be read. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  /** Where in the text it went wrong; the first character is 1. */
  readonly column: number;

  constructor(column: number, problem: string) {
    super(`column ${column}: ${problem}`);
    this.column = column;
  }
}
