import * as Backup from "../../../core/backup/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/clusters/{cluster}/backups/{backup}",
  summary: "One backup",
  verb: Backup.get,
  status: 200,
  needs: [proxmox],
});
