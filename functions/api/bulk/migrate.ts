import * as Migrate from "../../../core/migrate/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { queue } from "../../http/needs/queue.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/bulk/migrate",
  summary: "Move every guest that a selector chooses to other nodes",
  verb: Migrate.migrateAll,
  status: 202,
  needs: [proxmox, queue],
});
