import * as Snapshot from "../../../../core/snapshot/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/clusters/{cluster}/vms/{vmid}/snapshots",
  summary: "The snapshots of a guest",
  verb: Snapshot.list,
  status: 200,
  needs: [proxmox],
});
