import * as fc from "fast-check";
import * as z from "zod";
import { expect, test } from "vitest";
import * as Add from "../../../../../functions/api/vms/tags/add.ts";
import * as Get from "../../../../../functions/api/vms/tags/get.ts";
import * as Remove from "../../../../../functions/api/vms/tags/remove.ts";
import * as Replace from "../../../../../functions/api/vms/tags/replace.ts";
import * as Vms from "../../../../../functions/api/tags/vms.ts";
import { lab } from "../../../../kit/lab.ts";
import { carriedOut, changingNothing, writesTo } from "../../../../kit/proof.ts";

const path = { cluster: "main", vmid: 102 };
const Shown = z.object({ tags: z.array(z.string()) });

const tag = fc.constantFrom(
  "web",
  "Web",
  "env-prod",
  "ENV-Prod",
  "_x",
  "1",
  "a+b.c",
  "or",
  "z".repeat(124),
  "ü",
  "-a",
  "z".repeat(130),
);
const many = fc.constant(Array.from({ length: 120 }, (_, n) => `tag-${n}`).join(";"));
const some = fc
  .tuple(fc.uniqueArray(tag, { maxLength: 6 }), fc.constantFrom(";", ",", " "))
  .map(([tags, separator]) => tags.join(separator));
const kept = fc.oneof({ arbitrary: some, weight: 5 }, { arbitrary: many, weight: 1 });

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

/** A guest that carries what Proxmox would not take today. */
async function odd() {
  const stage = await lab({ mode: "off" });
  Object.assign(stage.simulator.state.guests[102]?.config ?? {}, { tags: "-a;web;ü" });
  return { stage, now: () => stage.simulator.state.guests[102]?.config["tags"] };
}

test("D7: odd tags that Proxmox would not take again are named where others are wanted beside them", async () => {
  const { stage, now } = await odd();
  const wanted = { path, body: { tags: ["web", "db", "ü"] } };
  const answer = await changingNothing(stage, () => stage.call(Replace, wanted));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/tags/2" }] } });
  await carriedOut(stage, await stage.call(Replace, { path, body: { tags: ["web", "db"] } }));
  expect(now()).toBe("db;web");
});

test("D7: a guest that carries more tags than are given at once is given as many, and not one more", async () => {
  const stage = await lab({ mode: "off" });
  const tags = Array.from({ length: 120 }, (_, n) => `tag-${n}`);
  Object.assign(stage.simulator.state.guests[102]?.config ?? {}, { tags: tags.join(";") });
  const more = { path, body: { tags: [...tags, "other"] } };
  const answer = await changingNothing(stage, () => stage.call(Replace, more));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: "/tags" }] } });
  const body = { tags: tags.with(0, "other") };
  const { operation } = await carriedOut(stage, await stage.call(Replace, { path, body }));
  expect(operation).toMatchObject({ state: "succeeded" });
});

test("D7: an odd tag that is shown can be looked for, and be taken away", async () => {
  const { stage, now } = await odd();
  const seen = await stage.call(Vms, { path: { tag: "ü" }, query: { fresh: "true" } });
  expect(seen).toMatchObject({ status: 200, json: { items: [{ id: "main/102" }] } });
  await carriedOut(stage, await stage.call(Remove, { path, query: { tag: "-a,ü" } }));
  expect(now()).toBe("web");
});
