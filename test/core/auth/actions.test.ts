import { expect, test } from "vitest";
import { ACTIONS } from "../../../core/auth/actions.ts";
import { routes } from "../../../local/generate.ts";

test("I6: the names that can be asked about are those of the routes' actions", async () => {
  const known = new Set((await routes()).map(({ spec }) => spec.verb.action));
  expect([...ACTIONS].toSorted()).toEqual([...known].toSorted());
});
