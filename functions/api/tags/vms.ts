import * as Tag from "../../../core/tag/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/tags/{tag}/vms",
  summary: "The guests that carry a tag",
  verb: Tag.vms,
  status: 200,
  needs: [proxmox],
});
