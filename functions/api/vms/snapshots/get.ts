import * as Snapshot from "../../../../core/snapshot/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/clusters/{cluster}/vms/{vmid}/snapshots/{name}",
  summary: "One snapshot of a guest",
  verb: Snapshot.get,
  status: 200,
  needs: [proxmox],
});
