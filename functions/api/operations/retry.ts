import * as Work from "../../../core/work/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { queue } from "../../http/needs/queue.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/operations/{operation}/retry",
  summary: "Do the failed items of an operation again, as a new operation",
  verb: Work.retry,
  status: 202,
  needs: [proxmox, queue],
});
