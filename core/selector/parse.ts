import { ExpressionError, limits, type Expression } from "./expression.ts";
import { describe, flaw, isKeyword, tokens, type Token } from "./tokens.ts";

/** Reads a tag expression: `NOT` binds tighter than `AND`, `AND` than `OR`. Throws `ExpressionError` and nothing else. */
export function parseExpression(text: string): Expression {
  if (text.replace(/[ \t\r\n]+/g, "").length > limits.characters) {
    throw new ExpressionError(1, `longer than the ${limits.characters} characters allowed`);
  }
  const reader = new Reader(tokens(text));
  if (reader.peek().kind === "end") throw new ExpressionError(1, "the expression is empty");
  const expression = either(reader);
  const rest = reader.peek();
  if (rest.kind === "end") return expression;
  if (rest.kind === ")") throw new ExpressionError(rest.column, 'found ")" without its "("');
  throw unexpected(rest, "AND, OR or the end");
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #terms = 0;

  constructor(list: readonly Token[]) {
    this.#tokens = list;
  }

  peek(): Token {
    return this.#tokens[this.#at] ?? { kind: "end", text: "", column: 1 };
  }

  take(): Token {
    const token = this.peek();
    this.#at++;
    return token;
  }

  /** Runs `inner` one level deeper, below the parenthesis or NOT that was just taken. */
  within(opened: Token, inner: () => Expression): Expression {
    if (++this.#depth > limits.depth) {
      throw new ExpressionError(opened.column, `nested deeper than the ${limits.depth} levels allowed`);
    }
    const expression = inner();
    this.#depth--;
    return expression;
  }

  term(word: Token): Expression {
    const wrong = flaw(word);
    if (wrong) throw wrong;
    if (++this.#terms > limits.terms) {
      throw new ExpressionError(word.column, `more than the ${limits.terms} tags allowed`);
    }
    return { kind: "tag", tag: word.text.toLowerCase().replace(/\*+/g, "*") };
  }
}

function either(reader: Reader): Expression {
  return chain(reader, "or", both);
}

function both(reader: Reader): Expression {
  return chain(reader, "and", single);
}

/** One operand, or several joined by `kind`. A nested group of the same kind is opened up: it means the same. */
function chain(reader: Reader, kind: "and" | "or", operand: (reader: Reader) => Expression): Expression {
  const first = operand(reader);
  if (reader.peek().kind !== kind) return first;
  const parts = [first];
  while (reader.peek().kind === kind) {
    reader.take();
    parts.push(operand(reader));
  }
  return { kind, of: parts.flatMap((part) => (part.kind === kind ? part.of : [part])) };
}

function single(reader: Reader): Expression {
  const token = reader.take();
  if (token.kind === "not") return reader.within(token, () => ({ kind: "not", of: single(reader) }));
  if (token.kind === "(") return reader.within(token, () => group(reader, token));
  if (token.kind === "word") return reader.term(token);
  throw unexpected(token, 'a tag, NOT or "("');
}

function group(reader: Reader, opened: Token): Expression {
  const expression = either(reader);
  const closing = reader.take();
  if (closing.kind === ")") return expression;
  throw unexpected(closing, `AND, OR or the ")" that closes column ${opened.column}`);
}

/** An illegal character inside the unexpected word, such as `&&`, is the better thing to tell. */
function unexpected(token: Token, expected: string): ExpressionError {
  const wrong = token.kind === "word" ? flaw(token) : undefined;
  const hint = isKeyword(token.kind) ? `; a tag of that name is written "${token.kind}", in quotes` : "";
  return wrong ?? new ExpressionError(token.column, `found ${describe(token)}, expected ${expected}${hint}`);
}
