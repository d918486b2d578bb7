import * as Vm from "../../../core/vm/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/vms",
  summary: "Guests of all clusters, by filter and tag expression",
  verb: Vm.list,
  status: 200,
  needs: [proxmox],
});
