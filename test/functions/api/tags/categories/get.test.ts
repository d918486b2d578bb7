import { expect, test } from "vitest";
import { spec } from "../../../../../functions/api/tags/categories/get.ts";
import * as SafeMode from "../../../../../functions/api/safe-mode/put.ts";
import { lab } from "../../../../kit/lab.ts";

test("200: those of the original until somebody names others, and the tags that the rules know", async () => {
  const stage = await lab();
  const answer = await stage.call({ spec });
  expect(answer.json).toMatchObject({
    categories: ["client", "env", "k8s", "location", "criticality"],
    special: ["moxxie", "always-on", "maint-ok"],
  });
  expect(answer.headers["etag"]).toMatch(/^"[0-9a-f]{16}"$/);
});

test("200: the owner tag among them is that of safe mode", async () => {
  const stage = await lab();
  await stage.call(SafeMode, { body: { ownerTag: "ours" } });
  expect((await stage.call({ spec })).json).toMatchObject({ special: ["ours", "always-on", "maint-ok"] });
});
