import type * as z from "zod";
import type { Context } from "../context.ts";
import type { GuestPlan, Order } from "../operation/index.ts";
import * as Power from "../power/index.ts";
import * as Snapshot from "../snapshot/index.ts";
import type { JobRow } from "./job.ts";

/** What a job does when it fires: the same plan and the same order as the bulk call of its kind. */
export interface Work {
  readonly plan: GuestPlan;
  readonly order: Order;
}

/** The part of a job that becomes the input of the bulk call. */
type Wanted = Pick<JobRow, "kind" | "select" | "params" | "maxConcurrency" | "maxErrors">;

const toInput = (job: Wanted) => ({
  select: job.select,
  ...job.params,
  ...(job.maxConcurrency === null ? {} : { maxConcurrency: job.maxConcurrency }),
  ...(job.maxErrors === null ? {} : { maxErrors: job.maxErrors }),
});

const INPUTS = { snapshot: Snapshot.BulkInput, power: Power.BulkInput } as const;

/** Checks selector and params as the bulk call would; the issues name the fields of the job. */
export function issuesOf(job: Wanted): z.core.$ZodIssue[] {
  const parsed = INPUTS[job.kind].safeParse(toInput(job));
  const own = new Set(Object.keys(job.params));
  const issues = parsed.error?.issues ?? [];
  return issues.map((issue) => {
    if (issue.code === "unrecognized_keys") return { ...issue, path: ["params"] };
    return own.has(String(issue.path[0])) ? { ...issue, path: ["params", ...issue.path] } : issue;
  });
}

/** What the job would do now. */
export async function workOf(ctx: Context, job: JobRow): Promise<Work> {
  if (job.kind === "power") {
    const input = Power.BulkInput.parse(toInput(job));
    const plan = await Power.planBulk(ctx, input);
    return { plan, order: { ...Power.toBulkOrder(input, plan), input: toInput(job) } };
  }
  const input = Snapshot.BulkInput.parse(toInput(job));
  const plan = await Snapshot.planBulk(ctx, input);
  return { plan, order: { ...Snapshot.toBulkOrder(input, plan), input: toInput(job) } };
}
