import * as Vm from "../../../core/vm/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { queue } from "../../http/needs/queue.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "DELETE",
  path: "/v1/clusters/{cluster}/vms/{vmid}",
  summary: "Delete a guest",
  verb: Vm.remove,
  status: 202,
  needs: [proxmox, queue],
});
