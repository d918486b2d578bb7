import * as Tag from "../../../core/tag/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/tags",
  summary: "The tags in use, and how many guests carry each",
  verb: Tag.list,
  status: 200,
  needs: [proxmox],
});
