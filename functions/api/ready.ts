import * as System from "../../core/system/index.ts";
import { proxmox } from "../http/needs/proxmox.ts";
import { queue } from "../http/needs/queue.ts";
import { scheduler } from "../http/needs/scheduler.ts";
import { route } from "../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/health/ready",
  summary: "Whether tables, queues, scheduler and every cluster answer",
  verb: System.ready,
  status: 200,
  needs: [proxmox, queue, scheduler],
  statusOf: (value) => (System.isDown(value) ? 503 : undefined),
});
