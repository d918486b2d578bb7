import * as z from "zod";
import { verb } from "../verb.ts";
import { JobId, needJob } from "./job.ts";
import { Job, toJob } from "./view.ts";

/** One job. */
export const get = verb({
  action: "job.get",
  effect: "read",
  input: z.strictObject({ job: JobId }),
  output: Job,
  run: async (ctx, input) => toJob(ctx, await needJob(ctx, input.job)),
});
