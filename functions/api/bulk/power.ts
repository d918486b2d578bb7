import * as Power from "../../../core/power/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { queue } from "../../http/needs/queue.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/bulk/power",
  summary: "Change the power of every guest that a selector chooses",
  verb: Power.bulk,
  status: 202,
  needs: [proxmox, queue],
});
