import { ExpressionError } from "./expression.ts";

/** A piece of a tag expression: a parenthesis, a keyword, a word that should be a tag, or the end of the text. */
export interface Token {
  readonly kind: "(" | ")" | "and" | "or" | "not" | "word" | "end";
  readonly text: string;
  /** Where it begins; the first character is 1. */
  readonly column: number;
}

const instead = new Map([
  ["&", "; write AND"],
  ["|", "; write OR"],
  ["!", "; write NOT"],
  [",", "; write OR or AND between tags"],
  [";", "; write OR or AND between tags"],
  ["?", "; only * is a wildcard in tags"],
  ['"', "; quotes go around a whole tag"],
  ["'", "; quotes go around a whole tag"],
]);

/**
 * Cuts the text at white space and parentheses. What stands in quotes is a tag, also where it is called as a keyword is.
 * Words are judged later, so that the leftmost error is the one told.
 */
export function tokens(text: string): Token[] {
  const words = text.matchAll(/"(?<double>[^"]*)"|'(?<single>[^']*)'|[()]|[^ \t\r\n()]+/g);
  const found = Array.from(words, ({ 0: whole, groups, index }): Token => {
    const quoted = groups?.["double"] ?? groups?.["single"];
    if (quoted === undefined) return { kind: kindOf(whole), text: whole, column: index + 1 };
    return { kind: "word", text: quoted, column: index + 2 };
  });
  return [...found, { kind: "end", text: "", column: text.length + 1 }];
}

/** What keeps a word from being a tag, if anything does. Tags have Proxmox's own character set, and `*`. */
export function flaw(word: Token): ExpressionError | undefined {
  if (word.text === "")
    return new ExpressionError(word.column, "found quotes around nothing, expected a tag");
  const bad = word.text.search(/[^A-Za-z0-9_+.*-]/);
  if (bad >= 0) {
    const character = String.fromCodePoint(word.text.codePointAt(bad) ?? 0);
    const problem = `found ${quote(character)}, which no tag can hold${instead.get(character) ?? ""}`;
    return new ExpressionError(word.column + bad, problem);
  }
  if (!/^[+.-]/.test(word.text)) return undefined;
  return new ExpressionError(
    word.column,
    `found ${describe(word)}, but a tag begins with a letter, a digit, "_" or "*"`,
  );
}

/** How a token is called in a message; long words are cut. */
export function describe(token: Token): string {
  return token.kind === "end" ? "the end" : quote(token.text);
}

function quote(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/gu, (character) => `U+${hex(character)}`);
  return printable.length > 40 ? `"${printable.slice(0, 40)}…"` : `"${printable}"`;
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}

/** Whether a word is taken for a keyword, unless it stands in quotes. */
export const isKeyword = (word: string): word is "and" | "or" | "not" =>
  word === "and" || word === "or" || word === "not";

function kindOf(text: string): Token["kind"] {
  if (text === "(" || text === ")") return text;
  const word = text.toLowerCase();
  return isKeyword(word) ? word : "word";
}
