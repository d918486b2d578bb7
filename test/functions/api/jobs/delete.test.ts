import { expect, test } from "vitest";
import { spec } from "../../../../functions/api/jobs/delete.ts";
import * as Get from "../../../../functions/api/jobs/get.ts";
import { lab } from "../../../kit/lab.ts";
import { auditOf, changingNothing } from "../../../kit/proof.ts";
import { made } from "./stage.ts";

const route = { spec };

test("204: the job and its schedule are gone, and audit tells", async () => {
  const stage = await lab();
  const job = await made(stage);
  const path = { job: job.id };
  const answer = await stage.call(route, { path, headers: { "if-match": `"${job.etag}"` } });
  expect(answer).toMatchObject({ status: 204, body: "" });
  expect(stage.schedules.list()).toEqual([]);
  expect((await stage.call(Get, { path })).status).toBe(404);
  const rows = await auditOf(stage, { action: "job.delete" });
  expect(rows.map((row) => `${row.target} ${row.outcome}`).toSorted()).toEqual([
    `${job.id} begun`,
    `${job.id} succeeded`,
  ]);
});

test("204: without If-Match, and with a star, whatever version it has", async () => {
  const stage = await lab();
  const [one, other] = [await made(stage), await made(stage, { name: "other" })];
  expect((await stage.call(route, { path: { job: one.id } })).status).toBe(204);
  const request = { path: { job: other.id }, headers: { "if-match": "*" } };
  expect((await stage.call(route, request)).status).toBe(204);
});

test("412: another version than the one that If-Match names stays, with its schedule", async () => {
  const stage = await lab();
  const job = await made(stage);
  const request = { path: { job: job.id }, headers: { "if-match": '"0123456789abcdef"' } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 412, json: { code: "job.changed" } });
  expect(stage.schedules.list().length).toBe(1);
});

test("404: an unknown job; 400: what is no id; nothing happens", async () => {
  const stage = await lab();
  const unknown = { path: { job: `job_${"0".repeat(26)}` } };
  const missing = await changingNothing(stage, () => stage.call(route, unknown));
  expect(missing).toMatchObject({ status: 404, json: { code: "job.missing" } });
  const bad = await changingNothing(stage, () => stage.call(route, { path: { job: "nightly" } }));
  expect(bad).toMatchObject({ status: 400, json: { errors: [{ pointer: "/job" }] } });
});

test("200: a dry run deletes nothing", async () => {
  const stage = await lab();
  const { id } = await made(stage);
  const request = { path: { job: id }, query: { dryRun: "true" } };
  const answer = await changingNothing(stage, () => stage.call(route, request));
  expect(answer).toMatchObject({ status: 200, json: { kind: "job.delete" } });
});
