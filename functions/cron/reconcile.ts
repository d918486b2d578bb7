import * as Job from "../../core/job/index.ts";
import { onTimer } from "../http/consume.ts";
import { keys } from "../http/needs/keys.ts";
import { proxmox } from "../http/needs/proxmox.ts";
import { queue } from "../http/needs/queue.ts";
import { scheduler } from "../http/needs/scheduler.ts";
import { ensureAdminKey } from "../http/admin-key.ts";

/** Makes schedules that got lost, and sees to it that the deployment's admin key works. */
export const timer = onTimer([proxmox, queue, scheduler, keys], async (world) => {
  await ensureAdminKey(world);
  await Job.reconcile(world);
});

export const handler = timer();
