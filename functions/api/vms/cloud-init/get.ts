import * as Vm from "../../../../core/vm/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/clusters/{cluster}/vms/{vmid}/cloud-init",
  summary: "What cloud-init is told in a VM, without secrets",
  verb: Vm.getCloudInit,
  status: 200,
  needs: [proxmox],
});
