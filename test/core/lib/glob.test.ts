import { growth, LINEAR } from "../../kit/growth.ts";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { glob } from "../../../core/lib/glob.ts";

test.each([
  ["web-*", "web-07", true],
  ["web-*", "web-", true],
  ["web-*", "my-web-07", false],
  ["web-*", "web", false],
  ["*-07", "web-07", true],
  ["*web*", "a-web-b", true],
  ["w?b", "web", true],
  ["w?b", "wb", false],
  ["w?b", "weeb", false],
  ["*a*b", "xaybzb", true],
  ["*a*b", "xaybz", false],
  ["a*?", "a", false],
  ["a*?", "ab", true],
  ["*", "", true],
  ["**", "anything", true],
  ["", "", true],
  ["", "a", false],
  ["?", "", false],
  ["a.c", "abc", false],
  ["[a-z]", "b", false],
  ["a+(b)$", "a+(b)$", true],
  ["WEB-*", "web-07", true],
])("%j against %j: %j", (pattern, text, expected) => {
  expect(glob(pattern, text)).toBe(expected);
});

test("dots and other signs of regular expressions stand for themselves", () => {
  expect(glob("*.example.net", "web.example.net")).toBe(true);
  expect(glob("*.example.net", "web-example-net")).toBe(false);
});

test("what a star took once is never needed twice", () => {
  expect(glob("ab*ba", "aba")).toBe(false);
  expect(glob("*ab*ab", "ab")).toBe(false);
  expect(glob("*a?*a?", "axa")).toBe(false);
  expect(glob("*" + "a".repeat(500) + "*", long)).toBe(true);
});

test("case counts only when asked for", () => {
  expect(glob("Web", "web")).toBe(true);
  expect(glob("Web", "web", { caseSensitive: true })).toBe(false);
  expect(glob("Web", "Web", { caseSensitive: true })).toBe(true);
});

test("it agrees with a plain recursive definition", () => {
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, (wanted, given) => {
      expect(glob(wanted, given)).toBe(defined(wanted, given));
    }),
    { numRuns: 2_000 },
  );
});

const long = "a".repeat(10_000);
const hostile: [string, string][] = [
  ["*a".repeat(120) + "*b", long],
  ["*a".repeat(120) + "*b*", long],
  ["a*".repeat(120) + "b*", long],
  ["*a*a*a*a*a*a*b*", long],
  ["*".repeat(254) + "b", long],
  ["*".repeat(120) + "b" + "*".repeat(120), long],
  ["*" + "a".repeat(253) + "b*", long],
  ["*b" + "a".repeat(253) + "*", long],
  ["*" + "a".repeat(120) + "b" + "a".repeat(120) + "*", long],
  ["*" + "?".repeat(252) + "b*", long],
  ["*" + "a?".repeat(126) + "b*", long],
  ["*b" + "?a".repeat(126) + "*", long],
  ["*?".repeat(127) + "b*", long],
  ["?*".repeat(127) + "b", long],
  ["*" + "a".repeat(120) + "*" + "a".repeat(120) + "b*", long],
  ["*" + "ab".repeat(126) + "c*", "ab".repeat(5_000)],
  ["*ab".repeat(80) + "c*", "ab".repeat(5_000)],
  ["(a+)+$", long],
  ["*" + "a".repeat(1_000) + "b*", long],
  ["*" + "a".repeat(2_500) + "b" + "a".repeat(2_500) + "*", long],
];

test.each(hostile)("hostile pattern %#: time grows with the length of the text", (pattern, text) => {
  expect(growth((times) => glob(pattern, text.repeat(times)), 1)).toBeLessThan(LINEAR);
  expect(glob(pattern, text)).toBe(false);
});

function defined(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  if (pattern[0] === "*")
    return defined(pattern.slice(1), text) || (text !== "" && defined(pattern, text.slice(1)));
  if (text === "" || (pattern[0] !== "?" && pattern[0] !== text[0])) return false;
  return defined(pattern.slice(1), text.slice(1));
}
