import * as z from "zod";
import { Fault } from "../lib/fault.ts";
import { plainPlan } from "../plan.ts";
import { verb } from "../verb.ts";
import { jobEtag, JobId, jobKey, jobNameKey, needJob } from "./job.ts";
import { removeSchedules } from "./plan-schedule.ts";

/** Deletes a job and its schedule. Its runs and their operations stay in the history. */
export const remove = verb({
  action: "job.delete",
  effect: "write",
  tracked: false,
  single: false,
  input: z.strictObject({ job: JobId, etag: z.string().optional() }),
  output: z.null(),
  target: (input) => input.job,
  async plan(ctx, input) {
    const job = await needJob(ctx, input.job);
    if (input.etag !== undefined && input.etag !== jobEtag(job)) {
      throw new Fault("precondition", "job.changed", "The job was changed in the meantime; read it again.");
    }
    return { ...plainPlan("job.delete", `the job ${job.name} and its schedule`), job };
  },
  changes(_input, { job }) {
    const { name, kind, schedule, timezone, select, params } = job;
    return { before: { name, kind, schedule, timezone, select, params } };
  },
  async run(ctx, _input, { job }) {
    await removeSchedules(ctx, job);
    await ctx.store.write([
      { table: "State", remove: jobKey(job.id) },
      { table: "State", remove: jobNameKey(job.name) },
    ]);
    return null;
  },
});
