import * as fc from "fast-check";
import * as z from "zod";
import { expect, test } from "vitest";
import * as Create from "../../../../functions/api/jobs/create.ts";
import * as Get from "../../../../functions/api/jobs/get.ts";
import { lab } from "../../../kit/lab.ts";

/** The fields that a maker writes, as a job shows them. */
const Written = z.object({
  kind: z.string(),
  schedule: z.string(),
  timezone: z.string(),
  onMissingTime: z.string(),
  select: z.unknown(),
  params: z.record(z.string(), z.unknown()),
  enabled: z.boolean(),
  maxConcurrency: z.union([z.number(), z.string()]).nullable(),
  maxErrors: z.union([z.number(), z.string()]).nullable(),
});
const Made = Written.extend({ id: z.string() });

const work = fc.constantFrom(
  { kind: "snapshot", params: {} },
  { kind: "snapshot", params: { name: "nightly-{datetime}", keep: 7, ttl: "30d" } },
  { kind: "power", params: { action: "shutdown" } },
  { kind: "tags", params: { add: ["Nightly"] } },
  { kind: "backup", params: { storage: "backup", notes: "nightly" } },
  { kind: "snapshot-cleanup", params: { match: "nightly-*", olderThan: "7d" } },
);
const schedule = fc.constantFrom(
  "30 2 * * *",
  "*/15 9-17 * * 1-5",
  "0 0 1,15 * *",
  "0 3 * * 0",
  "0 3 * * 7",
  "@daily",
  "0 */15 9-17 ? * MON-FRI",
  "cron(0 3 ? * SUN *)",
  "cron(0 3 L * ? *)",
  "cron(0 3 ? * 2#1 2027-2030)",
  "rate(2 hours)",
  "at(2026-12-24T18:00:00)",
);
const job = fc
  .record(
    {
      schedule,
      timezone: fc.constantFrom("UTC", "Europe/Berlin"),
      onMissingTime: fc.constantFrom("skip", "next"),
      select: fc.constantFrom({ tags: "env-prod" }, { vmids: [102, 103] }, { all: true }),
      enabled: fc.boolean(),
      maxConcurrency: fc.constantFrom(null, 1, "25%"),
      maxErrors: fc.constantFrom(null, 0, "10%"),
    },
    { requiredKeys: ["schedule", "select"] },
  )
  .chain((fields) => work.map((one) => ({ ...fields, ...one })));

test("round trip: what a job shows makes an equal one under another name", async () => {
  const stage = await lab();
  let count = 0;
  const make = (body: object) => stage.call(Create, { body: { ...body, name: `job ${(count += 1)}` } });
  await fc.assert(
    fc.asyncProperty(job, async (given) => {
      const first = await make(given);
      expect(first).toMatchObject({ status: 201 });
      const path = { job: Made.parse(first.json).id };
      const shown = Written.parse((await stage.call(Get, { path })).json);
      const second = await make(shown);
      expect(second).toMatchObject({ status: 201 });
      expect(Written.parse(second.json)).toEqual(shown);
    }),
    { numRuns: 60 },
  );
});
