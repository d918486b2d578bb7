import * as Backup from "../../../core/backup/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { queue } from "../../http/needs/queue.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "PATCH",
  path: "/v1/clusters/{cluster}/backups/{backup}",
  summary: "Change the notes or the protection of a backup",
  verb: Backup.update,
  status: 202,
  needs: [proxmox, queue],
});
