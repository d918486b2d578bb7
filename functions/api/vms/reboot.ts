import * as Power from "../../../core/power/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { queue } from "../../http/needs/queue.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/clusters/{cluster}/vms/{vmid}/reboot",
  summary: "Shut a guest down and start it again",
  verb: Power.reboot,
  status: 202,
  needs: [proxmox, queue],
});
