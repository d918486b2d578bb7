import * as Tag from "../../../../core/tag/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { queue } from "../../../http/needs/queue.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "PUT",
  path: "/v1/clusters/{cluster}/vms/{vmid}/tags",
  summary: "Give a guest these tags and no others",
  verb: Tag.replace,
  status: 202,
  needs: [proxmox, queue],
});
