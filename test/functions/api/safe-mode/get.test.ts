import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/safe-mode/get.ts";
import { lab } from "../../../kit/lab.ts";

test("200: mode, owner tag and version", async () => {
  const stage = await lab({ mode: "audit" });
  const answer = await stage.call({ spec });
  expect(answer).toMatchObject({ status: 200, json: { mode: "audit", ownerTag: "moxxie" } });
  expect(answer.headers["etag"]).toBe(`"${Object(answer.json).etag}"`);
});

test("200: a deployment on which nobody has set it is strict", async () => {
  const stage = await lab();
  await stage.store.write([{ table: "State", remove: { pk: "safe-mode", sk: "current" } }]);
  expect((await stage.call({ spec })).json).toMatchObject({ mode: "strict", ownerTag: "moxxie" });
});
