import * as Job from "../../../core/job/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { queue } from "../../http/needs/queue.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/jobs/{job}/run",
  summary: "Run a job now",
  verb: Job.run,
  status: 202,
  needs: [proxmox, queue],
});
