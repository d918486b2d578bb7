import * as Backup from "../../../core/backup/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/backups",
  summary: "Backups of all clusters",
  verb: Backup.list,
  status: 200,
  needs: [proxmox],
});
