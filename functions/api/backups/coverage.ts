import * as Job from "../../../core/job/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/backups/coverage",
  summary: "Which guests are covered by backups, and which are not",
  verb: Job.coverage,
  status: 200,
  needs: [proxmox],
});
