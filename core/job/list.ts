import * as z from "zod";
import { Page, PageInput, pageOf } from "../lib/page.ts";
import { verb } from "../verb.ts";
import { allJobs, JobKind } from "./job.ts";
import { Job, toJob } from "./view.ts";

/** All jobs, oldest first. */
export const list = verb({
  action: "job.list",
  effect: "read",
  input: z.strictObject({ ...PageInput, kind: JobKind.optional() }),
  output: Page(Job),
  async run(ctx, input) {
    const jobs = (await allJobs(ctx)).filter((job) => input.kind === undefined || job.kind === input.kind);
    const page = pageOf(jobs, (job) => job.id, input);
    const items = await Promise.all(page.items.map((job) => toJob(ctx, job)));
    return {
      items,
      nextCursor: page.nextCursor,
      asOf: ctx.clock.now().toISOString(),
      partial: false,
      warnings: [],
    };
  },
});
