import * as Tag from "../../../core/tag/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { queue } from "../../http/needs/queue.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/bulk/tags",
  name: "bulk.tags",
  summary: "Change the tags of every guest that a selector chooses",
  verb: Tag.bulk,
  status: 202,
  needs: [proxmox, queue],
});
