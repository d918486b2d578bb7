import type { Context } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { Fault } from "../lib/fault.ts";
import { newId } from "../lib/id.ts";
import { plainPlan } from "../plan.ts";
import { verb } from "../verb.ts";
import { check, Input } from "./input.ts";
import { jobKey, jobNameKey, type JobRow } from "./job.ts";
import { putSchedule, removeSchedules } from "./plan-schedule.ts";
import { Job, toJob } from "./view.ts";

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
