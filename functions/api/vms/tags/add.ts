import * as Tag from "../../../../core/tag/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { queue } from "../../../http/needs/queue.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/clusters/{cluster}/vms/{vmid}/tags",
  name: "vm.tags.add",
  summary: "Give a guest tags beside those that it has",
  verb: Tag.add,
  status: 202,
  needs: [proxmox, queue],
});
