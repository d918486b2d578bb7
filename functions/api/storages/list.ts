import * as Storage from "../../../core/storage/index.ts";
import { proxmox } from "../../http/needs/proxmox.ts";
import { route } from "../../http/route.ts";

export const { spec, handler } = route({
  method: "GET",
  path: "/v1/storages",
  summary: "Storages of all clusters",
  verb: Storage.list,
  status: 200,
  needs: [proxmox],
});
