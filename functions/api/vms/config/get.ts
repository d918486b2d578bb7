import * as Vm from "../../../../core/vm/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/clusters/{cluster}/vms/{vmid}/config",
  summary: "The configuration of a guest",
  verb: Vm.config,
  status: 200,
  needs: [proxmox],
});
