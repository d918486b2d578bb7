import { expect, test } from "vitest";
import { poll } from "../../../core/inventory/index.ts";
import * as Create from "../../../functions/api/jobs/create.ts";
import * as Run from "../../../functions/api/jobs/run.ts";
import { lab } from "../../kit/lab.ts";
import { carriedOut, changingNothing } from "../../kit/proof.ts";
import { Job } from "../../kit/shape.ts";

const job = {
  name: "tidy tags",
  kind: "tags",
  schedule: "0 4 * * *",
  select: { names: ["acme-*"] },
  params: { automatic: true, remove: ["temporary"] },
};

test("a job gives guests that were made since the tags that their names imply", async () => {
  const stage = await lab({ mode: "off" });
  const { id } = Job.parse((await stage.call(Create, { body: job })).json);
  const config = stage.simulator.state.guests[113]?.config ?? {};
  Object.assign(config, { name: "acme-test-7", tags: "other;temporary" });
  await stage.clock.until(poll(stage.world, "main"));
  const { operation, items } = await carriedOut(stage, await stage.call(Run, { path: { job: id } }));
  expect(operation).toMatchObject({ kind: "bulk.tags", jobId: id, state: "succeeded" });
  expect(items.map(({ vm }) => vm.id)).toEqual(["main/113"]);
  expect(config["tags"]).toBe("client-acme;env-test;maint-ok;other");
});

test.for<[Record<string, unknown>, string]>([
  [{}, "/params/add"],
  [{ replace: ["a"], add: ["b"] }, "/params/replace"],
  [{ add: ["a b"] }, "/params/add/0"],
  [{ add: ["a"], override: true }, "/params/override"],
])("400: a tags job with params %j is not made", async ([params, pointer]) => {
  const stage = await lab();
  const answer = await changingNothing(stage, () => stage.call(Create, { body: { ...job, params } }));
  expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer }] } });
});
