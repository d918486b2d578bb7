import * as Snapshot from "../../../../core/snapshot/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { queue } from "../../../http/needs/queue.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/clusters/{cluster}/vms/{vmid}/snapshots",
  summary: "Take a snapshot of a guest, optionally with a time to live",
  verb: Snapshot.create,
  status: 202,
  needs: [proxmox, queue],
});
