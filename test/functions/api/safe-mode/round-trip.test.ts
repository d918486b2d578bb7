import * as fc from "fast-check";
import { expect, test } from "vitest";
import * as Get from "../../../../functions/api/safe-mode/get.ts";
import * as Put from "../../../../functions/api/safe-mode/put.ts";
import { MODES, safeModeRow } from "../../../../core/policy/index.ts";
import { lab } from "../../../kit/lab.ts";
import { changingNothing } from "../../../kit/proof.ts";

const settings = fc.record({
  mode: fc.constantFrom(...MODES),
  ownerTag: fc.constantFrom("moxxie", "_ours", "a+b.c", "9", "z".repeat(124)),
});

test("D7: safe mode as it is shown is taken back with its etag, and nothing changes", async () => {
  const stage = await lab();
  await fc.assert(
    fc.asyncProperty(settings, async (given) => {
      await stage.world.store.write([{ table: "State", put: safeModeRow(given) }]);
      const { json } = await stage.call(Get);
      const answer = await changingNothing(stage, () => stage.call(Put, { body: json }));
      expect(answer).toMatchObject({ status: 200, json: { ...given } });
      expect(answer.json).toEqual(json);
    }),
  );
});

test("D7: safe mode that nobody has set is taken back as it is shown, and stays unset", async () => {
  const stage = await lab();
  const { mode: _, ownerTag: __, ...key } = safeModeRow({ mode: "off", ownerTag: "x" });
  await stage.world.store.write([{ table: "State", remove: key }]);
  const { json } = await stage.call(Get);
  expect(json).toMatchObject({ mode: "strict" });
  const answer = await changingNothing(stage, () => stage.call(Put, { body: json }));
  expect(answer).toMatchObject({ status: 200, json });
});
