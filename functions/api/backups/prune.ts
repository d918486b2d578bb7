import * as Backup from "../../../core/backup/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { queue } from "../../http/needs/queue.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/backups/prune",
  name: "backup.prune",
  summary: "Thin out the backups of every guest that a selector chooses",
  verb: Backup.prune,
  status: 202,
  needs: [proxmox, queue],
});
