import * as z from "zod";
import { expect, test } from "vitest";
import { spec } from "../../../functions/api/ready.ts";
import { caller } from "../../kit/caller.ts";
import { lab } from "../../kit/lab.ts";
import { withCluster } from "./clusters/stage.ts";

const route = { spec };
const Ready = z.object({
  status: z.string(),
  parts: z.array(
    z.object({ name: z.string(), ok: z.boolean(), latencyMs: z.number(), reason: z.string().nullable() }),
  ),
});

const troubles = (json: unknown) => Ready.parse(json).parts.filter((part) => !part.ok);

test("200: tables, queues, scheduler and every cluster, each with its latency", async () => {
  const stage = await lab();
  const answer = await stage.call(route);
  const { status, parts } = Ready.parse(answer.json);
  expect(status).toBe("ready");
  expect(parts.map(({ name }) => name)).toEqual(["dynamodb", "sqs", "scheduler", "cluster/main"]);
  expect(parts.every((part) => part.ok && part.reason === null)).toBe(true);
});

test.for(["silent", "no-credential"] as const)(
  "200: degraded, and a cluster that is %s is named",
  async (trouble) => {
    const stage = await lab();
    const { call } = await withCluster(stage, "far", trouble);
    const { json, status } = await call(route);
    expect(status).toBe(200);
    expect(json).toMatchObject({ status: "degraded" });
    expect(troubles(json)).toMatchObject([{ name: "cluster/far", reason: expect.stringMatching(/\w/) }]);
  },
);

test("503: a queue and a scheduler that fail are named, their own words kept for the log", async () => {
  const stage = await lab();
  const fail = async () => Promise.reject(new Error("AccessDenied for arn:aws:sqs:eu-1:123456789012:Item"));
  const world = {
    ...stage.world,
    queue: { ...stage.world.queue, ping: fail },
    scheduler: { ...stage.world.scheduler, ping: fail },
  };
  const answer = await caller(world, stage.clock, stage.admin).call(route);
  expect(answer.status).toBe(503);
  expect(troubles(answer.json).map(({ name }) => name)).toEqual(["sqs", "scheduler"]);
  expect(answer.body).not.toContain("123456789012");
  expect(stage.lines.some((line) => line.includes("123456789012"))).toBe(true);
});
