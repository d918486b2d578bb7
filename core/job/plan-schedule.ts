import type { Schedule } from "../aws/schedule.ts";
import type { World } from "../context.ts";
import type { JobRow } from "./job.ts";
import { next, standInTimes } from "./schedule/index.ts";

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

/** The schedule that stands in for the next night with times which do not exist; it goes once it has fired. */
const standInOf = ({ id }: Pick<JobRow, "id">) => `${id}.missing-time`;

/** The next time that AWS leaves out and the job wants; undefined where there is none, or the job leaves it out too. */
function standIn(world: World, job: JobRow): Schedule | undefined {
  if (job.onMissingTime === "skip") return undefined;
  const [first] = standInTimes(job.schedule, world.clock.now(), job.timezone);
  return (
    first && {
      name: standInOf(job),
      expression: `at(${first.toISOString().slice(0, 19)})`,
      timezone: "UTC",
      enabled: job.enabled,
      input: messageFor(job),
      once: true,
    }
  );
}

/** Makes the stand-in of a job that should be there and is not; whether it did. */
export async function repairStandIn(world: World, job: JobRow): Promise<boolean> {
  const wanted = standIn(world, job);
  if (!wanted || (await world.scheduler.has(wanted.name))) return false;
  await world.scheduler.put(wanted);
  return true;
}

/** Takes the schedules of a job away. */
export async function removeSchedules(world: World, job: Pick<JobRow, "id">): Promise<void> {
  await world.scheduler.remove(job.id);
  await world.scheduler.remove(standInOf(job));
}

/** Makes the schedules of a job be as the job says. */
export async function putSchedule(world: World, job: JobRow): Promise<void> {
  const wanted = standIn(world, job);
  if (wanted) await world.scheduler.put(wanted);
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
