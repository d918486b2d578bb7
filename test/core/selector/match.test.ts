import { growth, LINEAR } from "../../kit/growth.ts";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { explain, matches, parseExpression, type Expression } from "../../../core/selector/index.ts";
import { expression, tags } from "./arbitrary.ts";

test.each([
  ["env-prod", "ENV-PROD", true],
  ["ENV-PROD", "env-prod", true],
  ["env-*", "env-", true],
  ["env-*", "my-env-x", false],
  ["*", "", false],
  ["NOT *", "", true],
  ["a OR b AND c", "a", true],
  ["(a OR b) AND c", "a", false],
  ["NOT a AND b", "b", true],
  ["NOT (a AND b)", "a b", false],
  ["v1.2", "v1x2", false],
])("%j against the tags %j: %j", (text, carried, expected) => {
  expect(matches(parseExpression(text), list(carried))).toBe(expected);
});

test.each([
  ["env-* AND NOT always-on", "env-prod always-on", "has always-on, which the expression excludes"],
  ["env-* AND NOT always-on", "web", "has no env-*"],
  ["env-* AND NOT always-on", "env-prod web", "has env-prod, and no always-on"],
  ["a OR b", "", "has no a or b"],
  ["a OR b", "b a", "has a"],
  ["a AND b AND c", "a b c", "has a, b and c"],
  ["NOT a", "b", "has no a"],
  ["NOT NOT a", "", "has no a"],
  ["NOT (a AND b)", "a b", "has a and b, which the expression excludes"],
  ["a OR NOT b", "b", "has b, which the expression excludes, and no a"],
  ["Env-*", "ENV-Prod", "has ENV-Prod"],
  ["a OR b OR c OR d OR e OR f OR g", "", "has no a, b, c, d, e or 2 more"],
])("%j against the tags %j: %s", (text, carried, because) => {
  expect(explain(parseExpression(text), list(carried)).because).toBe(because);
});

test("an explanation has the outcome of the match and a reason", () => {
  fc.assert(
    fc.property(expression, tags, (tree, carried) => {
      const explained = explain(tree, carried);
      expect(explained.matches).toBe(matches(tree, carried));
      expect(explained.because).toMatch(/^has /);
    }),
  );
});

test("De Morgan holds both ways", () => {
  fc.assert(
    fc.property(expression, expression, tags, (a, b, carried) => {
      expect(matches(not(join("and", a, b)), carried)).toBe(matches(join("or", not(a), not(b)), carried));
      expect(matches(not(join("or", a, b)), carried)).toBe(matches(join("and", not(a), not(b)), carried));
    }),
  );
});

test("a double negation changes nothing, a single one everything", () => {
  fc.assert(
    fc.property(expression, tags, (tree, carried) => {
      expect(matches(not(not(tree)), carried)).toBe(matches(tree, carried));
      expect(matches(not(tree), carried)).toBe(!matches(tree, carried));
    }),
  );
});

test("neither the order nor the case of the tags counts", () => {
  fc.assert(
    fc.property(expression, tags, (tree, carried) => {
      const other = carried.map((tag) => tag.toUpperCase()).toReversed();
      expect(matches(tree, other)).toBe(matches(tree, carried));
    }),
  );
});

test("time grows with the length of the tags, for the dearest expression too", () => {
  const term = "*a*a*a*a*b";
  const text = `${"NOT (".repeat(10)}${Array.from({ length: 64 }, () => term).join(" OR ")}${")".repeat(10)}`;
  const work = (length: number) => explain(parseExpression(text), ["a".repeat(length), "b".repeat(length)]);
  expect(growth(work, 2_000)).toBeLessThan(LINEAR);
});

function list(words: string): string[] {
  return words === "" ? [] : words.split(" ");
}

function not(of: Expression): Expression {
  return { kind: "not", of };
}

function join(kind: "and" | "or", ...of: Expression[]): Expression {
  return { kind, of };
}
