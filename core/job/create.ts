import * as z from "zod";
import type { Context } from "../context.ts";
import { LostRace, sizeOf } from "../db/index.ts";
import { Fault, type FieldError } from "../lib/fault.ts";
import { Line } from "../lib/field.ts";
import { newId } from "../lib/id.ts";
import { badInput, describeIssues } from "../lib/issues.ts";
import { RateControl } from "../operation/index.ts";
import { plainPlan } from "../plan.ts";
import { Selection } from "../selector/index.ts";
import { verb } from "../verb.ts";
import { JobKind, jobKey, jobNameKey, OnMissingTime, type JobRow } from "./job.ts";
import { issuesOf, paramsForms } from "./kinds.ts";
import { putSchedule, removeSchedules } from "./plan-schedule.ts";
import { normalise, ScheduleError, upcoming } from "./schedule/index.ts";
import { Job, toJob } from "./view.ts";

const MOST_BYTES = 300_000;

const Input = z.strictObject({
  name: Line.min(1).max(100),
  kind: JobKind,
  schedule: z.string().min(1).max(200),
  timezone: z.string().min(1).max(60).default("UTC"),
  onMissingTime: OnMissingTime.default("skip"),
  select: z.unknown().meta({ forms: () => [Selection] }),
  params: z
    .record(z.string(), z.unknown())
    .meta({
      description: "What its kind of work takes, as the bulk call of that kind does",
      forms: paramsForms,
    })
    .default({}),
  enabled: z.boolean().default(true),
  maxConcurrency: RateControl.maxConcurrency,
  maxErrors: RateControl.maxErrors,
});
type Input = z.infer<typeof Input>;

/** The schedule in AWS's own form, or what is wrong with it. */
function readSchedule(input: Input, now: Date): { expression: string } | FieldError {
  try {
    const read = normalise(input.schedule, input.timezone);
    if (upcoming(read.expression, { after: now }, input.timezone, 1).length > 0) return read;
    return {
      pointer: "/schedule",
      code: "schedule.invalid",
      detail: "lies in the past: it never fires again",
    };
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    const pointer = error.field === "timezone" ? "/timezone" : "/schedule";
    return { pointer, code: "schedule.invalid", detail: error.message };
  }
}

/** A job is kept in one row, and an operation keeps what its job asked for. */
function tooLarge({ select, params }: Input): FieldError[] {
  const parts = Object.entries({ select, params });
  const sizes = parts.map(([name, value]) => ({ name, bytes: sizeOf({ value }) }));
  const [largest] = sizes.toSorted((a, b) => b.bytes - a.bytes);
  const all = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (!largest || all <= MOST_BYTES) return [];
  return [
    { pointer: `/${largest.name}`, code: "too_big", detail: `is more than a job keeps: ${MOST_BYTES} bytes` },
  ];
}

function check(input: Input, now: Date): string {
  const wanted = {
    ...input,
    maxConcurrency: input.maxConcurrency ?? null,
    maxErrors: input.maxErrors ?? null,
  };
  const schedule = readSchedule(input, now);
  const errors = [
    ...("pointer" in schedule ? [schedule] : []),
    ...tooLarge(input),
    ...describeIssues(new z.ZodError(issuesOf(wanted))),
  ];
  if (errors.length > 0) throw badInput(errors);
  return "expression" in schedule ? schedule.expression : "";
}

/** Takes the schedule of a job back that could not be kept. Was it kept after all, reconcile makes the schedule again. */
async function takenBack(ctx: Context, job: JobRow, cause: unknown): Promise<never> {
  await removeSchedules(ctx, job).catch((error: unknown) => {
    ctx.log.warn("schedule", { job: job.id, error });
  });
  throw cause;
}

const nameTaken = (name: string) =>
  new Fault("conflict", "job.exists", `There is a job called ${name} already.`);

/** Makes a job and its schedule. Should the schedule fail, there is no job either. */
export const create = verb({
  action: "job.create",
  effect: "write",
  tracked: false,
  single: false,
  input: Input,
  output: Job,
  target: (input) => `job ${input.name}`,
  async plan(ctx, input) {
    const now = ctx.clock.now();
    const expression = check(input, now);
    if (await ctx.store.get("State", jobNameKey(input.name))) throw nameTaken(input.name);
    const plan = plainPlan("job.create", `a job that runs at ${expression}`, { schedule: expression });
    return { ...plan, expression, id: newId("job", now) };
  },
  changes(input, { id, expression }) {
    const { name, kind, timezone, onMissingTime, select, params, enabled } = input;
    return {
      after: { id, name, kind, schedule: expression, timezone, onMissingTime, select, params, enabled },
    };
  },
  async run(ctx, input, plan) {
    const now = ctx.clock.now();
    const { name, kind, timezone, onMissingTime, select, params, enabled } = input;
    const job: JobRow = {
      id: plan.id,
      name,
      kind,
      schedule: plan.expression,
      timezone,
      onMissingTime,
      select,
      params,
      enabled,
      maxConcurrency: input.maxConcurrency ?? null,
      maxErrors: input.maxErrors ?? null,
      createdAt: now.toISOString(),
      createdBy: ctx.actor.id,
      role: ctx.actor.role,
      may: [...ctx.actor.may],
    };
    const view = await toJob(ctx, job);
    const once = ctx.once ? [ctx.once.answer(201, view)] : [];
    await putSchedule(ctx, job);
    const rows = [
      { ...jobKey(job.id), ...job },
      { ...jobNameKey(name), job: job.id },
    ];
    const puts = rows.map((put) => ({ table: "State" as const, put, when: { exists: false } }));
    await ctx.store.write([...puts, ...once]).catch((error: unknown) => {
      const isTaken = error instanceof LostRace && error.index === 1;
      return takenBack(ctx, job, isTaken ? nameTaken(name) : error);
    });
    return view;
  },
});
