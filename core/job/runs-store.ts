import * as z from "zod";
import type { World } from "../context.ts";
import type { Change } from "../db/index.ts";

/** One run of a job. A firing is known by job and scheduled time, so a second delivery finds it done. */
export const RunRow = z.object({
  pk: z.string(),
  sk: z.string(),
  job: z.string(),
  trigger: z.enum(["schedule", "manual"]),
  scheduledAt: z.string(),
  at: z.string(),
  operation: z.string().nullable(),
  reason: z.string().nullable(),
});
export type RunRow = z.infer<typeof RunRow>;

const PAGE = 100;
const KEEP_SECONDS = 90 * 86_400;

const runPartition = (job: string) => `job#${job}`;

/** The key of a run: the same for every delivery of one firing. */
export const runKey = (run: Pick<RunRow, "job" | "trigger" | "scheduledAt">) => ({
  pk: runPartition(run.job),
  sk: `run#${run.scheduledAt}#${run.trigger}`,
});

/** The change that keeps a run, once. */
export function putRun(world: World, run: Omit<RunRow, "pk" | "sk" | "at">): Change {
  const at = world.clock.now();
  const expiresAt = Math.floor(at.getTime() / 1000) + KEEP_SECONDS;
  const put = { ...runKey(run), ...run, at: at.toISOString(), expiresAt };
  return { table: "History", put, when: { exists: false } };
}

/** The operation that the job made last; runs that were left out since then made none. */
export async function lastOperation(world: World, job: string): Promise<string | undefined> {
  let before: string | undefined;
  do {
    const runs = await loadRuns(world, job, { limit: PAGE, before });
    const found = runs.find((run) => run.operation !== null)?.operation;
    if (found) return found;
    before = runs.length === PAGE ? runs.at(-1)?.sk : undefined;
  } while (before !== undefined);
  return undefined;
}

/** The newest runs of a job, before one of them if named. */
export async function loadRuns(
  world: World,
  job: string,
  page: { limit: number; before?: string | undefined },
): Promise<RunRow[]> {
  const query = { table: "History", pk: runPartition(job), reverse: true, limit: page.limit } as const;
  const rows = await world.store.query(page.before === undefined ? query : { ...query, before: page.before });
  return rows.map((row) => RunRow.parse(row));
}
