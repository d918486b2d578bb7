import * as Backup from "../../../core/backup/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { queue } from "../../http/needs/queue.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/bulk/backups",
  name: "bulk.backup",
  summary: "Back every guest up that a selector chooses",
  verb: Backup.bulk,
  status: 202,
  needs: [proxmox, queue],
});
