import * as Vm from "../../../../core/vm/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { queue } from "../../../http/needs/queue.ts";
import { sealing } from "../../../http/needs/sealing.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "PUT",
  path: "/v1/clusters/{cluster}/vms/{vmid}/cloud-init",
  summary: "Set what cloud-init is told, and write its drive anew",
  verb: Vm.setCloudInit,
  status: 202,
  needs: [proxmox, queue, sealing],
});
