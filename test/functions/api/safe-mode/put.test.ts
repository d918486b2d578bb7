import { expect, test } from "vitest";
import * as Get from "../../../../functions/api/safe-mode/get.ts";
import { spec } from "../../../../functions/api/safe-mode/put.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, changingNothing } from "../../../kit/proof.ts";

const route = { spec };

test("200: it changes what it names and nothing else; audit tells", async () => {
  const stage = await lab();
  const mode = await stage.call(route, { body: { mode: "strict" } });
  expect(mode).toMatchObject({ status: 200, json: { mode: "strict", ownerTag: "moxxie" } });
  const tag = await stage.call(route, { body: { ownerTag: "ours" } });
  expect(tag).toMatchObject({ status: 200, json: { mode: "strict", ownerTag: "ours" } });
  const now = await stage.call(Get);
  expect(now.json).toEqual(tag.json);
  expect(now.headers["etag"]).toBe(tag.headers["etag"]);
  const rows = await auditOf(stage, { action: "safe-mode.manage" });
  expect(rows.map(({ outcome }) => outcome).toSorted()).toEqual(["begun", "begun", "succeeded", "succeeded"]);
});

test("200: the version that If-Match names, weak or not, may be changed", async () => {
  const stage = await lab();
  for (const mode of ["strict", "off"]) {
    const etag = (await stage.call(Get)).headers["etag"] ?? "";
    const answer = await stage.call(route, { body: { mode }, headers: { "if-match": `W/${etag}` } });
    expect(answer).toMatchObject({ status: 200, json: { mode } });
  }
});

test("412: a version that is no longer the newest; nothing changes", async () => {
  const stage = await lab();
  const etag = (await stage.call(Get)).headers["etag"] ?? "";
  await stage.call(route, { body: { mode: "strict" } });
  const request = { body: { mode: "off" }, headers: { "if-match": etag } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 412, json: { code: "safe-mode.changed" } });
});

test("200 or a conflict: of two that change at once, none is lost in silence", async () => {
  const stage = await lab();
  const bodies = [{ mode: "strict" }, { ownerTag: "ours" }];
  const answers = await Promise.all(bodies.map((body) => stage.call(route, { body })));
  const { json } = await stage.call(Get);
  expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
  const done = bodies.filter((_, index) => answers[index]?.status === 200);
  expect(json).toMatchObject(Object.assign({}, ...done));
});

test.for<[Record<string, unknown>, string]>([
  [{}, "/mode"],
  [{ mode: "lenient" }, "/mode"],
  [{ ownerTag: "Not A Tag" }, "/ownerTag"],
  [{ ownerTag: "" }, "/ownerTag"],
  [{ mode: "off", owner: "x" }, "/owner"],
])("400: %j names its field; nothing changes", async ([body, pointer]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(route, { body }));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
});

test("403: an operator does not change it, and audit tells", async () => {
  const stage = await lab();
  const key = await stage.addKey("operator");
  const answer = await changingNothing(stage, () => stage.call(route, { body: { mode: "off" }, key }));
  expect(answer).toMatchObject({ status: 403, json: { code: "auth.forbidden" } });
  expect(await auditOf(stage)).toMatchObject([{ action: "safe-mode.manage", decision: "refused" }]);
});

test("200: a dry run says what would change, and changes nothing", async () => {
  const stage = await lab();
  const request = { body: { mode: "off" }, query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 200, json: { items: [{ because: "from permissive to off" }] } });
  expect(Object.keys(Object(answer.json)).toSorted()).toEqual(["items", "kind", "summary"]);
});
