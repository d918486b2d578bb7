import * as Work from "../../core/work/index.ts";
import { proxmox } from "../http/needs/proxmox.ts";
import { route } from "../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/me",
  summary: "Who the caller is and what the key may do",
  verb: Work.me,
  status: 200,
  needs: [proxmox],
});
