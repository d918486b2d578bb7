import { expect, test } from "vitest";
import * as RunRoute from "../../../../functions/api/jobs/run.ts";
import { spec } from "../../../../functions/api/jobs/runs.ts";
import { lab } from "../../../kit/lab.ts";
import { List, Run } from "../../../kit/shape.ts";
import { made } from "./stage.ts";

const route = { spec };

test("200: newest first, and pages cover every run exactly once", async () => {
  const stage = await lab();
  const { id } = await made(stage, { select: { vmids: [102] } });
  const operations: string[] = [];
  for (let count = 0; count < 5; count++) {
    const { json } = await stage.call(RunRoute, { path: { job: id } });
    operations.unshift(String(Object(json).id));
    await stage.run(60_000);
  }
  const seen: (string | null)[] = [];
  let query: Record<string, string> = { limit: "2" };
  for (let pages = 0; pages < 5; pages++) {
    const list = List(Run).parse((await stage.call(route, { path: { job: id }, query })).json);
    seen.push(...list.items.map(({ operation }) => operation));
    if (list.nextCursor === null) break;
    query = { limit: "2", cursor: list.nextCursor };
  }
  expect(seen).toEqual(operations);
});

test("200: a job that never ran has an empty history", async () => {
  const stage = await lab();
  const { id } = await made(stage);
  expect(List(Run).parse((await stage.call(route, { path: { job: id } })).json).items).toEqual([]);
});

test("404: an unknown job", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { path: { job: `job_${"0".repeat(26)}` } });
  expect(answer).toMatchObject({ status: 404, json: { code: "job.missing" } });
});
