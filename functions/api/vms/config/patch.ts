import * as Vm from "../../../../core/vm/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { queue } from "../../../http/needs/queue.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "PATCH",
  path: "/v1/clusters/{cluster}/vms/{vmid}/config",
  summary: "Change the configuration of a guest",
  verb: Vm.changeOf,
  status: 202,
  needs: [proxmox, queue],
  ifMatch: true,
});
