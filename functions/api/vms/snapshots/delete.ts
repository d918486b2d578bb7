import * as Snapshot from "../../../../core/snapshot/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { queue } from "../../../http/needs/queue.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "DELETE",
  path: "/v1/clusters/{cluster}/vms/{vmid}/snapshots/{name}",
  summary: "Delete a snapshot",
  verb: Snapshot.remove,
  status: 202,
  needs: [proxmox, queue],
});
