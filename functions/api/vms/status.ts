import * as Vm from "../../../core/vm/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/clusters/{cluster}/vms/{vmid}/status",
  summary: "What a guest does now",
  verb: Vm.status,
  status: 200,
  needs: [proxmox],
});
