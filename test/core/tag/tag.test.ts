import * as fc from "fast-check";
import { expect, test } from "vitest";
import { applyChange, changeTo, isFulfilled, keyOf, Tag } from "../../../core/tag/tag.ts";

const tag = fc.constantFrom("env-prod", "Env-Prod", "web", "WEB", "v1.2+b", "_x", "9");
const tags = fc.uniqueArray(tag, { maxLength: 5 });
const style = fc.record({ caseSensitive: fc.boolean() });
const LOWER = { caseSensitive: false };
const CASED = { caseSensitive: true };

const setOf = (list: readonly string[], by: { caseSensitive: boolean }) =>
  list.map((one) => keyOf(one, by)).toSorted();

test.each(["a", "A", "9", "_x", "env-prod", "v1.2+b", "a".repeat(124)])("%j is a tag", (text) => {
  expect(Tag.safeParse(text).success).toBe(true);
});

test.each(["", "-a", ".a", "+a", "a b", "a;b", "a,b", "a:b", "é", "a\n", "a*", "a".repeat(125)])(
  "%j is no tag to Proxmox, and none here",
  (text) => {
    expect(Tag.safeParse(text).success).toBe(false);
  },
);

test.each([
  [["b", "a"], { add: ["c"], remove: [] }, ["b", "a", "c"]],
  [["b", "a"], { add: ["A"], remove: [] }, ["b", "a"]],
  [["B", "a"], { add: [], remove: ["b"] }, ["a"]],
  [["B"], { add: ["c"], remove: ["x"] }, ["B", "c"]],
  [[], { add: ["a", "A"], remove: [] }, ["a"]],
])("%j with %j is %j: what stays keeps its order and its spelling", (before, change, after) => {
  expect(applyChange(before, change, LOWER)).toEqual(after);
});

test("where case counts, two spellings are two tags", () => {
  expect(applyChange(["prod"], { add: ["Prod"], remove: [] }, CASED)).toEqual(["prod", "Prod"]);
  expect(changeTo(["prod"], ["Prod"], CASED)).toEqual({ add: ["Prod"], remove: ["prod"] });
  expect(changeTo(["prod"], ["Prod"], LOWER)).toEqual({ add: [], remove: [] });
});

test("the change from some tags to others leads there, and is fulfilled then", () => {
  fc.assert(
    fc.property(tags, tags, style, (before, wanted, by) => {
      const change = changeTo(before, wanted, by);
      const after = applyChange(before, change, by);
      expect(setOf(after, by)).toEqual([...new Set(setOf(wanted, by))]);
      expect(isFulfilled(after, change, by)).toBe(true);
      expect(changeTo(after, wanted, by)).toEqual({ add: [], remove: [] });
    }),
  );
});

test("a change that is made twice is made once, and what it does not name stays", () => {
  fc.assert(
    fc.property(tags, tags, tags, style, (before, add, remove, by) => {
      const after = applyChange(before, { add, remove }, by);
      expect(applyChange(after, { add, remove }, by).toSorted()).toEqual(after.toSorted());
      const named = new Set(setOf([...add, ...remove], by));
      const others = (list: readonly string[]) => new Set(setOf(list, by).filter((key) => !named.has(key)));
      expect(others(after)).toEqual(others(before));
    }),
  );
});

test("two people's changes of different tags are both there, whoever comes first", () => {
  fc.assert(
    fc.property(tags, fc.shuffledSubarray(["p", "q", "r", "s"], { minLength: 4 }), (before, [p, q, r, s]) => {
      const mine = { add: [p ?? ""], remove: [q ?? ""] };
      const theirs = { add: [r ?? ""], remove: [s ?? ""] };
      const one = applyChange(applyChange(before, mine, LOWER), theirs, LOWER);
      const other = applyChange(applyChange(before, theirs, LOWER), mine, LOWER);
      expect(setOf(one, LOWER)).toEqual(setOf(other, LOWER));
      expect(isFulfilled(one, mine, LOWER) && isFulfilled(one, theirs, LOWER)).toBe(true);
    }),
  );
});
