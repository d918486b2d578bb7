import { expect, test } from "vitest";
import { spec } from "../../../../../functions/api/vms/tags/replace.ts";
import { lab } from "../../../../kit/lab.ts";
import { auditOf, carriedOut, changingNothing, writesTo } from "../../../../kit/proof.ts";
import { Plan } from "../../../../kit/shape.ts";

const route = { spec };
const path = { cluster: "main", vmid: 102 };

test("202: a guest has these tags and no others", async () => {
  const stage = await lab();
  const body = { tags: ["moxxie", "env-dev"] };
  const { operation } = await carriedOut(stage, await stage.call(route, { path, body }));
  expect(operation).toMatchObject({ kind: "vm.tags", state: "succeeded", input: body });
  expect(stage.simulator.state.guests[102]?.config["tags"]).toBe("env-dev;moxxie");
});

test("202: the same tags in another order and case are the same: nothing is written", async () => {
  const stage = await lab();
  const body = { tags: ["role-web", "MOXXIE", "env-prod", "client-acme", "env-prod"] };
  const { items } = await carriedOut(stage, await stage.call(route, { path, body }));
  expect(items).toMatchObject([{ state: "skipped", error: { code: "tag.unchanged" } }]);
  expect(writesTo(stage)).toEqual({});
});

test("202: no tags at all, for whoever may take the owner tag", async () => {
  const stage = await lab();
  await carriedOut(stage, await stage.call(route, { path, body: { tags: [] } }));
  expect(stage.simulator.state.guests[102]?.config).not.toHaveProperty("tags");
});

test("403: who may not manage safe mode replaces no tags by ones without the owner tag; audit tells", async () => {
  const stage = await lab();
  const key = await stage.addKey("operator");
  const request = { path, body: { tags: ["env-dev"] }, key };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 403, json: { code: "policy.owner-tag" } });
  expect(await auditOf(stage)).toMatchObject([{ action: "vm.tags", decision: "refused" }]);
});

test("202: and keeps the owner tag where it is", async () => {
  const stage = await lab();
  const key = await stage.addKey("operator");
  const answer = await stage.call(route, { path, body: { tags: ["env-dev", "moxxie"] }, key });
  expect((await carriedOut(stage, answer)).items).toMatchObject([{ state: "succeeded" }]);
});

test("200: a dry run says what would be added and removed", async () => {
  const stage = await lab();
  const request = { path, body: { tags: ["moxxie", "env-dev"] }, query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(Plan.parse(answer.json)).toMatchObject({
    items: [
      {
        because: "add env-dev; remove client-acme, env-prod, role-web",
        detail: { tags: ["moxxie", "env-dev"] },
      },
    ],
  });
});

test.for<[unknown, string]>([
  [{}, "/tags"],
  [{ tags: ["a b"] }, "/tags/0"],
  [{ tags: null }, "/tags"],
])("400: %j; Proxmox is never asked", async ([body, pointer]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, { path, body }));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
  expect(stage.simulator.counters().total.requests).toBe(0);
});
