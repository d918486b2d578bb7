import * as z from "zod";
import * as Backup from "../backup/index.ts";
import type { Context } from "../context.ts";
import type { GuestPlan, Order } from "../operation/index.ts";
import * as Power from "../power/index.ts";
import { Selection } from "../selector/index.ts";
import * as Snapshot from "../snapshot/index.ts";
import * as Tag from "../tag/index.ts";
import type { JobRow } from "./job.ts";

/** What a job does when it fires: the same plan and the same order as the bulk call of its kind. */
export interface Work {
  readonly plan: GuestPlan;
  readonly order: Order;
}

/** The part of a job that becomes the input of the bulk call. */
type Wanted = Pick<JobRow, "id" | "timezone" | "kind" | "select" | "params" | "maxConcurrency" | "maxErrors">;

/** A job knows its snapshots again; days are those of its own wall clock. */
const ofItsOwn = ({ id, kind, timezone }: Wanted) => (kind === "snapshot" ? { job: id, timezone } : {});

const toInput = (job: Wanted) => ({
  ...(job.kind === "backup-prune" ? { timezone: job.timezone } : {}),
  ...job.params,
  ...ofItsOwn(job),
  select: job.select,
  ...(job.maxConcurrency === null ? {} : { maxConcurrency: job.maxConcurrency }),
  ...(job.maxErrors === null ? {} : { maxErrors: job.maxErrors }),
});

const PARAMS = {
  backup: Backup.BackupParams,
  "backup-prune": Backup.PruneParams,
  power: Power.PowerParams,
  snapshot: Snapshot.SnapshotJobParams,
  "snapshot-cleanup": Snapshot.RemovalParams,
  tags: Tag.TagParams,
} as const;
/** The schemas of params, for the document; each kind has its own. */
export const paramsForms = () => Object.values(PARAMS);

const Chosen = z.object({ select: Selection });

/** What is wrong with selector and params, by the fields of the job; params take nothing that is a field of the job itself. */
export function issuesOf(job: Pick<Wanted, "kind" | "params" | "select">): z.core.$ZodIssue[] {
  const params = PARAMS[job.kind].safeParse(job.params).error?.issues ?? [];
  const select = Chosen.safeParse({ select: job.select }).error?.issues ?? [];
  return [...select, ...params.map((issue) => ({ ...issue, path: ["params", ...issue.path] }))];
}

/** By kind, how the input of the bulk call becomes a plan and an order. */
const WORKS: Readonly<Record<JobRow["kind"], (ctx: Context, given: unknown) => Promise<Work>>> = {
  async backup(ctx, given) {
    const input = Backup.BulkInput.parse(given);
    const plan = await Backup.planBulk(ctx, input);
    return { plan, order: Backup.toBulkOrder(input, plan) };
  },
  async "backup-prune"(ctx, given) {
    const input = Backup.PruneInput.parse(given);
    const plan = await Backup.planPrune(ctx, input);
    return { plan, order: Backup.toPruneOrder(input, plan) };
  },
  async power(ctx, given) {
    const input = Power.BulkInput.parse(given);
    const plan = await Power.planBulk(ctx, input, true);
    return { plan, order: Power.toBulkOrder(input, plan) };
  },
  async snapshot(ctx, given) {
    const input = Snapshot.JobInput.parse(given);
    const plan = await Snapshot.planBulk(ctx, input);
    return { plan, order: Snapshot.toBulkOrder(input, plan) };
  },
  async "snapshot-cleanup"(ctx, given) {
    const input = Snapshot.BulkRemoveInput.parse(given);
    const plan = await Snapshot.planBulkRemove(ctx, input);
    return { plan, order: Snapshot.toBulkRemoveOrder(input, plan) };
  },
  async tags(ctx, given) {
    const input = Tag.BulkInput.parse(given);
    const plan = await Tag.planBulk(ctx, input);
    return { plan, order: Tag.toBulkOrder(input, plan) };
  },
};

/** What the job would do now. */
export async function workOf(ctx: Context, job: JobRow): Promise<Work> {
  const given = toInput(job);
  const { plan, order } = await WORKS[job.kind](ctx, given);
  return { plan, order: { ...order, input: given } };
}
