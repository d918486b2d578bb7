import * as Cluster from "../../../core/cluster/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/clusters",
  summary: "The registered clusters",
  verb: Cluster.list,
  status: 200,
  needs: [proxmox],
});
