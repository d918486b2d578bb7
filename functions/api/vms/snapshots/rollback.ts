import * as Snapshot from "../../../../core/snapshot/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { queue } from "../../../http/needs/queue.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/clusters/{cluster}/vms/{vmid}/snapshots/{name}/rollback",
  summary: "Bring a guest back to a snapshot",
  verb: Snapshot.rollBackOne,
  status: 202,
  needs: [proxmox, queue],
});
