import { growth, LINEAR } from "../../kit/growth.ts";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ExpressionError, parseExpression, printExpression } from "../../../core/selector/index.ts";
import { expression } from "./arbitrary.ts";

test.each([
  ["a", "a"],
  ["a or b and not c", "a OR b AND NOT c"],
  ["(a OR b) AND c", "(a OR b) AND c"],
  ["((a) AND (b))", "a AND b"],
  ["a AND (b AND c)", "a AND b AND c"],
  ["NOT (a OR b)", "NOT (a OR b)"],
  ["NOT NOT a", "NOT NOT a"],
  ["not(a)and(b)", "NOT a AND b"],
  ["\tenv-*\n AND\r\n*-on ", "env-* AND *-on"],
  ["Env-Prod", "env-prod"],
  ["v1.2+build_3", "v1.2+build_3"],
  ["a**b", "a*b"],
  ["android OR notes OR order", "android OR notes OR order"],
  ["AND-x", "and-x"],
  ['"or"', '"or"'],
  ["NOT 'NOT' or \"AND\"", 'NOT "not" OR "and"'],
  ['("web")and "env-*"', "web AND env-*"],
])("%j reads as %j", (text, normal) => {
  expect(printExpression(parseExpression(text))).toBe(normal);
});

test.each([
  ["", 1, "the expression is empty"],
  ["  \n", 1, "the expression is empty"],
  ["a b", 3, 'found "b", expected AND, OR or the end'],
  ["a NOT b", 3, 'found "NOT", expected AND, OR or the end'],
  ["a AND", 6, 'found the end, expected a tag, NOT or "("'],
  ["env-prod AND OR", 14, 'found "OR", expected a tag'],
  ["AND", 1, 'found "AND", expected a tag'],
  ["NOT", 4, "found the end"],
  ["()", 2, 'found ")", expected a tag'],
  ["(a OR b", 8, "closes column 1"],
  ["x AND (a b)", 10, 'found "b"'],
  ["a)", 2, 'without its "("'],
  ["a && b", 3, "write AND"],
  ["a||b", 2, "write OR"],
  ["!a", 1, "write NOT"],
  ["a, b", 2, "between tags"],
  ["a;b", 2, "between tags"],
  ["web-?", 5, "only * is a wildcard"],
  ['"a b"', 3, "which no tag can hold"],
  ['a"b"', 2, "quotes go around a whole tag"],
  ['a AND "b', 7, "quotes go around a whole tag"],
  ['""', 2, "found quotes around nothing"],
  ["a AND or", 7, 'a tag of that name is written "or", in quotes'],
  ["a OR -b", 6, "a tag begins with"],
  ["a OR .b", 6, "a tag begins with"],
  ["a OR bü", 7, '"U+00FC"'],
  ["a \u00a0b", 3, '"U+00A0"'],
  ["a OR 😀", 6, '"U+1F600"'],
])("%j is refused at column %j: %s", (text, column, message) => {
  const error = failure(text);
  expect(error.column).toBe(column);
  expect(error.message).toContain(`column ${column}: `);
  expect(error.message).toContain(message);
});

test("1024 characters are allowed, white space not counted, and one more is refused", () => {
  expect(parseExpression(` ${"a".repeat(1_024)}\n`).kind).toBe("tag");
  expect(failure("a".repeat(1_025)).message).toContain("longer than the 1024 characters allowed");
});

test("20 levels are allowed and the 21st is refused where it opens", () => {
  expect(parseExpression(`${"(".repeat(20)}a${")".repeat(20)}`)).toEqual({ kind: "tag", tag: "a" });
  expect(failure(`${"(".repeat(21)}a${")".repeat(21)}`).column).toBe(21);
  expect(failure(`${"NOT ".repeat(21)}a`).column).toBe(81);
});

test("depth counts what is open, not what was closed before", () => {
  const many = Array.from({ length: 30 }, () => "(NOT a OR b)").join(" AND ");
  expect(parseExpression(many).kind).toBe("and");
});

test("64 tags are allowed and the 65th is refused where it stands", () => {
  expect(parseExpression(Array.from({ length: 64 }, () => "a").join(" OR ")).kind).toBe("or");
  expect(failure(Array.from({ length: 65 }, () => "a").join(" OR ")).column).toBe(64 * 5 + 1);
});

test("D9: every tag that Proxmox takes can be named, whatever it is called", () => {
  const tag = fc.oneof(fc.constantFrom("or", "and", "not", "OR"), fc.stringMatching(/^[\w][\w+.-]{0,20}$/));
  fc.assert(
    fc.property(tag, fc.boolean(), (name, negated) => {
      const term = { kind: "tag", tag: name.toLowerCase() } as const;
      const tree = negated ? ({ kind: "not", of: term } as const) : term;
      expect(parseExpression(printExpression(tree))).toEqual(tree);
      expect(parseExpression(`"${name}"`)).toEqual(term);
    }),
  );
});

test("printing and parsing again gives the same tree", () => {
  fc.assert(
    fc.property(expression, (tree) => {
      expect(parseExpression(printExpression(tree))).toEqual(tree);
    }),
  );
});

test("any text that parses has a normal form that parses to the same tree and stays as it is", () => {
  const piece = fc.constantFrom(
    "a",
    "B*",
    " ",
    " ",
    "(",
    ")",
    " and ",
    " OR ",
    "not ",
    "NOT(",
    ")or(",
    "**",
    "x.y",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const tree = parsed(pieces.join(""));
      if (!tree) return;
      const normal = printExpression(tree);
      expect(parseExpression(normal)).toEqual(tree);
      expect(printExpression(parseExpression(normal))).toBe(normal);
    }),
    { numRuns: 2_000 },
  );
});

test("a full-size expression has a normal form that parses, though its spaces make it longer", () => {
  const group = `(${"a".repeat(25)} or b)`;
  const spaced = printExpression(parseExpression(Array.from({ length: 31 }, () => group).join("and")));
  expect(spaced.length).toBeGreaterThan(1_024);
  expect(printExpression(parseExpression(spaced))).toBe(spaced);
});

test("no text throws anything but an ExpressionError with a column inside the text", () => {
  const text = fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.string({ maxLength: 2_000 }));
  fc.assert(
    fc.property(text, (given) => {
      const error = caught(given);
      if (error === undefined) return;
      expect(error).toBeInstanceOf(ExpressionError);
      if (!(error instanceof ExpressionError)) return;
      expect(error.column).toBeGreaterThanOrEqual(1);
      expect(error.column).toBeLessThanOrEqual(given.length + 1);
    }),
    { numRuns: 1_000 },
  );
});

test.each(["(", "NOT ", "a AND ", "a OR(", "*", " ", ")", "\u0000", "é", "a ", "(a)", "NOT("])(
  "time grows with the length of a text of %j",
  (piece) => {
    const work = (times: number) => caught(piece.repeat(times));
    expect(work(100_000)).toBeInstanceOf(ExpressionError);
    expect(growth(work, 10_000)).toBeLessThan(LINEAR);
  },
);

function failure(text: string): ExpressionError {
  const error = caught(text);
  if (error instanceof ExpressionError) return error;
  throw new Error(`${JSON.stringify(text)} was read`);
}

function caught(text: string): unknown {
  try {
    parseExpression(text);
    return undefined;
  } catch (error) {
    return error;
  }
}

function parsed(text: string) {
  try {
    return parseExpression(text);
  } catch {
    return undefined;
  }
}
