import * as Migrate from "../../../../core/migrate/index.ts";
import { proxmox } from "../../../http/needs/proxmox.ts";
import { route } from "../../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/clusters/{cluster}/vms/{vmid}/migrate",
  summary: "Where a guest could be moved, and what stands in the way",
  verb: Migrate.getMigration,
  status: 200,
  needs: [proxmox],
});
