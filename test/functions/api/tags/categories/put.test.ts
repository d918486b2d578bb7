import { expect, test } from "vitest";
import * as Get from "../../../../../functions/api/tags/categories/get.ts";
import { spec } from "../../../../../functions/api/tags/categories/put.ts";
import * as Tags from "../../../../../functions/api/tags/list.ts";
import { lab } from "../../../../kit/lab.ts";
import { auditOf, changingNothing } from "../../../../kit/proof.ts";

const route = { spec };

test("200: other categories count from then on, no guest is touched, and audit tells", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { body: { categories: ["role", "env"] } });
  expect(answer).toMatchObject({ status: 200, json: { categories: ["role", "env"] } });
  expect((await stage.call(Get)).json).toEqual(answer.json);
  const { json } = await stage.call(Tags, { query: { limit: "200" } });
  expect(json).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ tag: "role-db", category: "role" })]),
    categories: [{ category: "role" }, { category: "env" }, { category: "special" }],
  });
  expect(stage.simulator.counters().total.requests).toBe(0);
  const rows = await auditOf(stage, { action: "tag.manage" });
  expect(rows.map(({ outcome }) => outcome).toSorted()).toEqual(["begun", "succeeded"]);
});

test("200 and 412: the version that If-Match names may be changed, once", async () => {
  const stage = await lab();
  const etag = (await stage.call(Get)).headers["etag"] ?? "";
  const headers = { "if-match": etag };
  expect((await stage.call(route, { body: { categories: ["env"] }, headers })).status).toBe(200);
  const again = { body: { categories: ["role"] }, headers };
  const answer = await changingNothing(stage, () => stage.call(route, again));
  expect(answer).toMatchObject({ status: 412, json: { code: "tag.categories-changed" } });
});

test("409: of two that change at once, none is lost in silence", async () => {
  const stage = await lab();
  const bodies = [{ categories: ["a"] }, { categories: ["b"] }];
  const answers = await Promise.all(bodies.map((body) => stage.call(route, { body })));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  const done = bodies.find((_, index) => answers[index]?.status === 200);
  expect((await stage.call(Get)).json).toMatchObject({ ...done });
});

test("403: an operator does not, and audit tells", async () => {
  const stage = await lab();
  const key = await stage.addKey("operator");
  const request = { body: { categories: ["env"] }, key };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
  expect(await auditOf(stage)).toMatchObject([{ action: "tag.manage", decision: "refused" }]);
});

test("200: a dry run says what would change, and changes nothing", async () => {
  const stage = await lab();
  const request = { body: { categories: [] }, query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer.json).toMatchObject({
    items: [{ because: "from client, env, k8s, location, criticality to none" }],
  });
});

test.for<[unknown, string]>([
  [{}, "/categories"],
  [{ categories: ["Env"] }, "/categories/0"],
  [{ categories: ["env", "env"] }, "/categories"],
  [{ categories: ["special"] }, "/categories/0"],
  [{ categories: ["env"], special: [] }, "/special"],
])("400: %j names its field; nothing changes", async ([body, pointer]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, { body }));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
});
