import * as z from "zod";
import type { Context, World } from "../context.ts";
import { canonical, sha256 } from "../lib/canonical.ts";
import { Fault } from "../lib/fault.ts";

export const JobKind = z.enum(["snapshot", "backup", "power", "snapshot-cleanup", "backup-prune", "tags"]);

/** `skip`, as AWS does, or `next`: as late after midnight as on every other day. */
export const OnMissingTime = z.enum(["skip", "next"]);

const PK = "job";

/** A job as it is kept. It acts with what its maker was allowed when it was made. */
export const JobRow = z.object({
  id: z.string(),
  name: z.string(),
  kind: JobKind,
  schedule: z.string(),
  timezone: z.string(),
  /** What becomes of a time that does not exist, since the clock is set forward over it. */
  onMissingTime: OnMissingTime.default("skip"),
  select: z.unknown(),
  params: z.record(z.string(), z.unknown()),
  enabled: z.boolean(),
  maxConcurrency: z.union([z.number(), z.string()]).nullable(),
  maxErrors: z.union([z.number(), z.string()]).nullable(),
  createdAt: z.string(),
  createdBy: z.string(),
  role: z.string(),
  may: z.array(z.string()),
});
export type JobRow = z.infer<typeof JobRow>;

/** The id of a job in a path. */
export const JobId = z
  .string()
  .regex(/^job_[0-9A-HJKMNP-TV-Z]{26}$/, "must be the id of a job: job_ and 26 characters");

/** The key of a job. */
export const jobKey = (id: string) => ({ pk: PK, sk: id });

/** The key of the row that keeps a name for one job; neither case nor how letters are composed makes two names. */
export const jobNameKey = (name: string) => ({
  pk: "job-name",
  sk: name.normalize("NFKC").trim().toLowerCase(),
});

/** All jobs, oldest first. */
export async function allJobs(world: World): Promise<JobRow[]> {
  return (await world.store.query({ table: "State", pk: PK })).map((row) => JobRow.parse(row));
}

/** The job, or undefined. */
export async function loadJob(world: World, id: string): Promise<JobRow | undefined> {
  const row = await world.store.get("State", jobKey(id));
  return row ? JobRow.parse(row) : undefined;
}

/** The job, or 404. */
export async function needJob(world: World, id: string): Promise<JobRow> {
  const job = await loadJob(world, id);
  if (!job) throw new Fault("missing", "job.missing", `There is no job ${id}.`);
  return job;
}

/** The version of a job, for If-Match. */
export const jobEtag = (job: JobRow) => sha256(canonical(job)).slice(0, 16);

/** The key of whoever made a job; undefined where that was no caller with a key. */
const makerOf = ({ createdBy }: JobRow) => /^key\/(.+)$/.exec(createdBy)?.[1];

/** The context in which a job runs: its own name, its maker's rights, as long as its maker's key has them. */
export function jobContext(world: World, job: JobRow, requestId: string): Context {
  const keyId = makerOf(job);
  const actor = { id: `job/${job.id}`, name: job.name, role: job.role, may: job.may };
  return {
    ...world,
    actor: keyId === undefined ? actor : { ...actor, keyId },
    requestId,
    source: "schedule",
    dryRun: false,
  };
}
