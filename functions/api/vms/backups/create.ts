import * as Backup from "../../../../core/backup/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { queue } from "../../../http/needs/queue.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/clusters/{cluster}/vms/{vmid}/backups",
  summary: "Back a guest up",
  verb: Backup.create,
  status: 202,
  needs: [proxmox, queue],
});
