import * as Tag from "../../../../core/tag/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { queue } from "../../../http/needs/queue.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "DELETE",
  path: "/v1/clusters/{cluster}/vms/{vmid}/tags",
  name: "vm.tags.remove",
  summary: "Take tags from a guest",
  verb: Tag.remove,
  status: 202,
  needs: [proxmox, queue],
});
