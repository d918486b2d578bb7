import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/jobs/get.ts";
import { lab } from "../../../kit/lab.ts";
import { Job } from "../../../kit/shape.ts";
import { made } from "./stage.ts";

const route = { spec };

test("200: the job as it was made, with its next five runs and its version", async () => {
  const stage = await lab();
  const job = await made(stage);
  const answer = await stage.call(route, { path: { job: job.id } });
  expect(answer.status).toBe(200);
  expect(Job.parse(answer.json)).toEqual(job);
  expect(answer.headers["etag"]).toBe(`"${job.etag}"`);
});

test("200: what its maker was allowed is not shown", async () => {
  const stage = await lab();
  const { id } = await made(stage);
  const { json } = await stage.call(route, { path: { job: id } });
  expect(Object.keys(Object(json))).not.toEqual(expect.arrayContaining(["may"]));
  expect(Object.keys(Object(json))).not.toEqual(expect.arrayContaining(["role"]));
});

test("404: an unknown job", async () => {
  const stage = await lab();
  const answer = await stage.call(route, { path: { job: `job_${"0".repeat(26)}` } });
  expect(answer).toMatchObject({ status: 404, json: { code: "job.missing" } });
});
