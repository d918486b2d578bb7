import type { World } from "../context.ts";
import type { JobRow } from "./job.ts";

/** The message that a schedule delivers; Scheduler itself puts the time in, the same one at every attempt. */
const messageFor = (job: JobRow) =>
  JSON.stringify({ v: 1, kind: "fire", job: job.id, scheduledAt: "<aws.scheduler.scheduled-time>" });

/** Makes the schedule of a job be as the job says. */
export async function putSchedule(world: World, job: JobRow): Promise<void> {
  await world.scheduler.put({
    name: job.id,
    expression: job.schedule,
    timezone: job.timezone,
    enabled: job.enabled,
    input: messageFor(job),
  });
}
