import * as z from "zod";
import type { Context } from "../context.ts";
import type { GuestPlan, Order } from "../operation/index.ts";
import * as Power from "../power/index.ts";
import { Selection } from "../selector/index.ts";
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
  ...job.params,
  select: job.select,
  ...(job.maxConcurrency === null ? {} : { maxConcurrency: job.maxConcurrency }),
  ...(job.maxErrors === null ? {} : { maxErrors: job.maxErrors }),
});

const PARAMS = { snapshot: Snapshot.SnapshotParams, power: Power.PowerParams } as const;
const Chosen = z.object({ select: Selection });

/** What is wrong with selector and params, by the fields of the job; params take nothing that is a field of the job itself. */
export function issuesOf(job: Wanted): z.core.$ZodIssue[] {
  const params = PARAMS[job.kind].safeParse(job.params).error?.issues ?? [];
  const select = Chosen.safeParse({ select: job.select }).error?.issues ?? [];
  return [...select, ...params.map((issue) => ({ ...issue, path: ["params", ...issue.path] }))];
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
