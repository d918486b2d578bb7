import * as Cluster from "../cluster/index.ts";
import { spiceProxy } from "../proxmox/index.ts";
import type { Console, Wanted } from "./answer.ts";
import { hostOf } from "./host.ts";
import { viewerFile } from "./viewer-file.ts";

/** A console for remote-viewer, which needs nothing but the file; the SPICE proxy of any node leads to the guest's. */
export async function spice({ world, proxmox, guest, common }: Wanted): Promise<Console> {
  const endpoint = await Cluster.endpointOf(world, proxmox, guest.node);
  const viewer = await spiceProxy(proxmox, guest, hostOf(endpoint));
  const proxy = new URL(viewer.proxy);
  return {
    ...common,
    host: hostOf(proxy),
    port: Number(proxy.port || 80),
    user: null,
    ticket: viewer.host,
    password: viewer.password,
    certificate: viewer.ca,
    websocketUrl: null,
    viewerFile: viewerFile(viewer),
    upid: null,
  };
}
