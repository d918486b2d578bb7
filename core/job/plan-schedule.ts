import type { World } from "../context.ts";
import type { JobRow } from "./job.ts";
import { next } from "./schedule/index.ts";

/** The message that a schedule delivers; Scheduler itself puts the time in, the same one at every attempt. */
const messageFor = (job: JobRow) =>
  JSON.stringify({ v: 1, kind: "fire", job: job.id, scheduledAt: "<aws.scheduler.scheduled-time>" });

/** What a rate is counted from: the second in which the job was made. */
export const anchorOf = (job: JobRow) => new Date(Math.floor(Date.parse(job.createdAt) / 1000) * 1000);

/** A rate would fire at the moment at which it is made, which nobody expects of a job: it begins one interval later. */
function startOf(world: World, job: JobRow): Date | undefined {
  if (!job.schedule.startsWith("rate(")) return undefined;
  const first = next(job.schedule, anchorOf(job), job.timezone);
  return first && first > world.clock.now() ? first : undefined;
}

/** Makes the schedule of a job be as the job says. */
export async function putSchedule(world: World, job: JobRow): Promise<void> {
  const startAt = startOf(world, job);
  await world.scheduler.put({
    name: job.id,
    expression: job.schedule,
    timezone: job.timezone,
    enabled: job.enabled,
    input: messageFor(job),
    ...(startAt ? { startAt } : {}),
  });
}
