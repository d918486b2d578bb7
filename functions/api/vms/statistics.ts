import * as Vm from "../../../core/vm/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/clusters/{cluster}/vms/{vmid}/statistics",
  summary: "What a guest used over time",
  verb: Vm.statistics,
  status: 200,
  needs: [proxmox],
});
