import * as Backup from "../../../../core/backup/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/clusters/{cluster}/vms/{vmid}/backups",
  name: "vm.backups",
  summary: "The backups of a guest",
  verb: Backup.listOfGuest,
  status: 200,
  needs: [proxmox],
});
