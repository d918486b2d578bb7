import { expect, test } from "vitest";
import { Categories, categoryOf } from "../../../core/tag/categories.ts";

const known = { categories: ["env", "k8s", "k8s-node", "a.b"], special: ["moxxie", "always-on"] };

test.each([
  ["env-prod", "env"],
  ["ENV-Prod", "env"],
  ["env-", null],
  ["env", null],
  ["environment-x", null],
  ["k8s-worker", "k8s"],
  ["k8s-node-1", "k8s-node"],
  ["a.b-c", "a.b"],
  ["moxxie", "special"],
  ["always-on", "special"],
  ["role-web", null],
])("%s is of category %s", (tag, category) => {
  expect(categoryOf(tag, known)).toBe(category);
});

test.each([[["Env"]], [["env-"]], [[""]], [["special"]], [["a", "a"]], [["a b"]], [["-a"]]])(
  "%j are no categories",
  (names) => {
    expect(Categories.safeParse(names).success).toBe(false);
  },
);
