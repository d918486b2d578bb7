import * as Storage from "../../../core/storage/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/clusters/{cluster}/storages/{storage}",
  summary: "One storage",
  verb: Storage.get,
  status: 200,
  needs: [proxmox],
});
