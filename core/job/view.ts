import * as z from "zod";
import type { World } from "../context.ts";
import { Warning } from "../lib/page.ts";
import { show, Operation } from "../operation/index.ts";
import { JobKind, jobEtag, OnMissingTime, type JobRow } from "./job.ts";
import { anchorOf } from "./plan-schedule.ts";
import { loadRuns, type RunRow } from "./runs-store.ts";
import { missingTimes, standInTimes, upcoming, type MissingTime } from "./schedule/index.ts";

const NEXT = 5;

/** A run as every answer shows it. `state` is that of its operation; a run that made none is `skipped`, and says why. */
export const Run = z.object({
  jobId: z.string(),
  trigger: z.enum(["schedule", "manual"]),
  scheduledAt: z.string(),
  startedAt: z.string(),
  operation: z.string().nullable(),
  state: Operation.shape.state,
  progress: Operation.shape.progress.nullable(),
  reason: z.string().nullable(),
});
export type Run = z.infer<typeof Run>;

/** A job as every answer shows it. */
export const Job = z.object({
  id: z.string(),
  name: z.string(),
  kind: JobKind,
  schedule: z.string(),
  timezone: z.string(),
  select: z.unknown(),
  params: z.record(z.string(), z.unknown()),
  enabled: z.boolean(),
  maxConcurrency: z.union([z.number(), z.string()]).nullable(),
  maxErrors: z.union([z.number(), z.string()]).nullable(),
  onMissingTime: OnMissingTime,
  nextRuns: z.array(z.string()),
  warnings: z.array(Warning),
  lastRun: Run.nullable(),
  createdAt: z.string(),
  createdBy: z.string(),
  etag: z.string(),
});
export type Job = z.infer<typeof Job>;

/** A run with the state of its operation. */
export async function toRun(world: World, run: RunRow): Promise<Run> {
  const operation = run.operation === null ? undefined : await show(world, run.operation);
  const { trigger, scheduledAt, at, reason } = run;
  const base = { jobId: run.job, trigger, scheduledAt, startedAt: at, operation: run.operation, reason };
  return { ...base, state: operation?.state ?? "skipped", progress: operation?.progress ?? null };
}

const leftOut = ({ wall }: MissingTime, { timezone }: JobRow): Warning => ({
  code: "schedule.missing-time",
  detail: `${wall.replace("T", " ")} does not exist in ${timezone}: it does not run then, unless onMissingTime is next`,
});

/** A job with its next five runs and its last one. */
export async function toJob(world: World, job: JobRow): Promise<Job> {
  const [last] = await loadRuns(world, job.id, { limit: 1 });
  const from = { after: world.clock.now(), anchor: anchorOf(job) };
  const missing = missingTimes(job.schedule, from.after, job.timezone);
  const regular = job.enabled ? upcoming(job.schedule, from, job.timezone, NEXT) : [];
  const standsIn = job.enabled && job.onMissingTime === "next";
  const moved = standsIn ? standInTimes(job.schedule, from.after, job.timezone) : [];
  const next = [...regular, ...moved].toSorted((a, b) => a.getTime() - b.getTime()).slice(0, NEXT);
  const { role: _role, may: _may, ...shown } = job;
  return {
    ...shown,
    warnings: job.onMissingTime === "skip" ? missing.map((time) => leftOut(time, job)) : [],
    nextRuns: next.map((at) => at.toISOString()),
    lastRun: last ? await toRun(world, last) : null,
    etag: jobEtag(job),
  };
}
