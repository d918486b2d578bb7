import * as Tag from "../../../../core/tag/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/clusters/{cluster}/vms/{vmid}/tags",
  summary: "The tags of a guest",
  verb: Tag.get,
  status: 200,
  needs: [proxmox],
});
