import * as Power from "../../../core/power/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { queue } from "../../http/needs/queue.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/clusters/{cluster}/vms/{vmid}/reset",
  summary: "Reset a VM at once",
  verb: Power.reset,
  status: 202,
  needs: [proxmox, queue],
});
