import * as z from "zod";
import { fromCursor, Page, PageInput, toCursor } from "../lib/page.ts";
import { verb } from "../verb.ts";
import { JobId, needJob } from "./job.ts";
import { loadRuns } from "./runs-store.ts";
import { Run, toRun } from "./view.ts";

/** What a job has done, newest first. */
export const runs = verb({
  action: "job.runs",
  effect: "read",
  input: z.strictObject({ job: JobId, ...PageInput }),
  output: Page(Run),
  async run(ctx, input) {
    await needJob(ctx, input.job);
    const before = fromCursor(z.string().startsWith("run#"), input.cursor);
    const rows = await loadRuns(ctx, input.job, { limit: input.limit + 1, before });
    const page = rows.slice(0, input.limit);
    const items = await Promise.all(page.map((row) => toRun(ctx, row)));
    const last = page.at(-1);
    const nextCursor = last && rows.length > page.length ? toCursor(last.sk) : null;
    return { items, nextCursor, asOf: ctx.clock.now().toISOString(), partial: false, warnings: [] };
  },
});
