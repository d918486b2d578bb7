import * as fc from "fast-check";
import { expect, test } from "vitest";
import * as Get from "../../../../../functions/api/tags/categories/get.ts";
import * as Put from "../../../../../functions/api/tags/categories/put.ts";
import { lab } from "../../../../kit/lab.ts";
import { changingNothing } from "../../../../kit/proof.ts";

const category = fc.constantFrom("env", "client", "_x", "a+b.c", "9", "k8s", "z".repeat(40));

test("D7: categories as they are shown are taken back with their etag, and nothing changes", async () => {
  const stage = await lab();
  const unset = await stage.call(Get);
  const first = await changingNothing(stage, () => stage.call(Put, { body: unset.json }));
  expect(first).toMatchObject({ status: 200, json: unset.json });
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(category), async (categories) => {
      await stage.call(Put, { body: { categories } });
      const { json } = await stage.call(Get);
      const answer = await changingNothing(stage, () => stage.call(Put, { body: json }));
      expect(answer).toMatchObject({ status: 200, json: { categories } });
      expect(answer.json).toEqual(json);
    }),
  );
});

test("400: special tags that are not as they are shown; nothing changes", async () => {
  const stage = await lab();
  const body = { categories: ["env"], special: ["mine"] };
  const answer = await changingNothing(stage, () => stage.call(Put, { body }));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/special" }] } });
});
