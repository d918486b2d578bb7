import * as Snapshot from "../../../../core/snapshot/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { queue } from "../../../http/needs/queue.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/bulk/snapshots/rollback",
  name: "bulk.rollback",
  summary: "Bring every guest that a selector chooses back to a snapshot",
  verb: Snapshot.rollBackMany,
  status: 202,
  needs: [proxmox, queue],
});
