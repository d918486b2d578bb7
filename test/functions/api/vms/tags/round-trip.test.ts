import * as fc from "fast-check";
import * as z from "zod";
import { expect, test } from "vitest";
import * as Add from "../../../../../functions/api/vms/tags/add.ts";
import * as Get from "../../../../../functions/api/vms/tags/get.ts";
import * as Replace from "../../../../../functions/api/vms/tags/replace.ts";
import { lab } from "../../../../kit/lab.ts";
import { carriedOut, writesTo } from "../../../../kit/proof.ts";

const path = { cluster: "main", vmid: 102 };
const Shown = z.object({ tags: z.array(z.string()) });

const tag = fc.constantFrom("web", "Web", "env-prod", "ENV-Prod", "_x", "1", "a+b.c", "or", "z".repeat(124));
const kept = fc
  .tuple(fc.uniqueArray(tag, { maxLength: 6 }), fc.constantFrom(";", ",", " "))
  .map(([tags, separator]) => tags.join(separator));

test("D7: the tags of a guest as they are shown are taken back, and nothing is written", async () => {
  await fc.assert(
    fc.asyncProperty(kept, fc.boolean(), async (tags, isCased) => {
      const stage = await lab({ mode: "off" });
      Object.assign(stage.simulator.state.guests[102]?.config ?? {}, { tags });
      if (isCased)
        stage.simulator.state.sections["options"] = { datacenter: { "tag-style": "case-sensitive=1" } };
      const query = { fresh: "true" };
      const shown = Shown.parse((await stage.call(Get, { path, query })).json);
      for (const route of [Replace, Add]) {
        const answer = await stage.call(route, { path, body: shown });
        const { operation, items } = await carriedOut(stage, answer);
        expect(operation).toMatchObject({ state: "skipped" });
        expect(items).toMatchObject([{ state: "skipped", error: { code: "tag.unchanged" } }]);
      }
      expect(writesTo(stage)).toEqual({});
      expect(stage.simulator.state.guests[102]?.config["tags"]).toBe(tags);
    }),
    { numRuns: 25 },
  );
});
