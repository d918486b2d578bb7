import * as fc from "fast-check";
import * as z from "zod";
import { expect, test } from "vitest";
import * as Get from "../../../../functions/api/backups/get.ts";
import * as Update from "../../../../functions/api/backups/update.ts";
import { idOf, placeBackup } from "../../../kit/backup.ts";
import { lab } from "../../../kit/lab.ts";
import { changingNothing } from "../../../kit/proof.ts";
import { Plan } from "../../../kit/shape.ts";

const AT = "2026-11-20T02:00:00Z";
const MAKER = "moxxie=op_01JD0000000000000000000000/0";
const Shown = z.object({ notes: z.string(), protected: z.boolean() });

const notes = fc
  .array(fc.constantFrom("a", " ", "\n", "\t", "\r", "ü", "日本", "%", `\n${MAKER}\n`, "x".repeat(5000)), {
    maxLength: 6,
  })
  .map((parts) => parts.join(""));

test("D7: notes and protection of a backup as they are shown are taken back, and nothing changes", async () => {
  const stage = await lab({ mode: "off" });
  const volid = placeBackup(stage, 102, AT);
  const volume = stage.simulator.state.volumes.find((one) => one.volid === volid);
  const path = { cluster: "main", backup: idOf(volid) };
  await fc.assert(
    fc.asyncProperty(notes, fc.boolean(), async (text, held) => {
      Object.assign(volume ?? {}, { notes: text, protected: held });
      const shown = Shown.parse((await stage.call(Get, { path })).json);
      for (const body of [shown, { notes: `${shown.notes}\n` }, { protected: held }]) {
        const answer = await stage.call(Update, { path, body, query: { dryRun: "true" } });
        expect(Plan.parse(answer.json)).toMatchObject({
          items: [{ willRun: false, code: "backup.unchanged" }],
        });
      }
    }),
    { numRuns: 60 },
  );
  stage.simulator.resetCounters();
  const shown = Shown.parse((await stage.call(Get, { path })).json);
  const answer = await changingNothing(stage, () => stage.call(Update, { path, body: shown }));
  expect(answer).toMatchObject({ status: 409, json: { code: "backup.unchanged" } });
});

test.for(["a\u0007b", "x".repeat(8001), "a\tb"])(
  "400: notes that are not as they are shown: %j; nothing changes",
  async (text) => {
    const stage = await lab({ mode: "off" });
    const path = { cluster: "main", backup: idOf(placeBackup(stage, 102, AT)) };
    const answer = await changingNothing(stage, () => stage.call(Update, { path, body: { notes: text } }));
    expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/notes" }] } });
  },
);
