import * as Snapshot from "../../../core/snapshot/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { queue } from "../../http/needs/queue.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/bulk/snapshots",
  name: "bulk.snapshot",
  summary: "Take a snapshot of every guest that a selector chooses",
  verb: Snapshot.bulk,
  status: 202,
  needs: [proxmox, queue],
});
