import type { World } from "../context.ts";
import { allJobs } from "./job.ts";
import { putSchedule, repairStandIn } from "./plan-schedule.ts";

/** Makes the schedules that should be there and are not. */
export async function reconcile(world: World): Promise<number> {
  let made = 0;
  for (const job of await allJobs(world)) {
    if (await world.scheduler.has(job.id)) made += Number(await repairStandIn(world, job));
    else {
      await putSchedule(world, job);
      made += 1;
    }
  }
  if (made > 0) world.log.warn("reconcile", { schedules: made });
  return made;
}
