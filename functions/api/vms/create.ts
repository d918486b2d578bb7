import * as Vm from "../../../core/vm/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { queue } from "../../http/needs/queue.ts";
import { sealing } from "../../http/needs/sealing.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/clusters/{cluster}/vms",
  summary: "Make a new VM or container",
  verb: Vm.create,
  status: 202,
  needs: [proxmox, queue, sealing],
});
