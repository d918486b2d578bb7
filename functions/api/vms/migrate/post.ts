import * as Migrate from "../../../../core/migrate/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { queue } from "../../../http/needs/queue.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/clusters/{cluster}/vms/{vmid}/migrate",
  summary: "Move a guest to another node",
  verb: Migrate.migrate,
  status: 202,
  needs: [proxmox, queue],
});
