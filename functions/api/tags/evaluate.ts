import * as Tag from "../../../core/tag/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/tags/evaluate",
  summary: "Read a tag expression, and say whom it fits and why others not",
  verb: Tag.evaluate,
  status: 200,
  needs: [proxmox],
});
