import * as Backup from "../../../core/backup/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { queue } from "../../http/needs/queue.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "DELETE",
  path: "/v1/clusters/{cluster}/backups/{backup}",
  summary: "Delete a backup",
  verb: Backup.remove,
  status: 202,
  needs: [proxmox, queue],
});
