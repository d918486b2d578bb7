import * as Console from "../../../core/console/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "POST",
  path: "/v1/clusters/{cluster}/vms/{vmid}/console",
  summary: "Open a console of a guest, for one client that comes at once",
  verb: Console.open,
  status: 201,
  needs: [proxmox],
});
