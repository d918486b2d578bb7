import * as Cluster from "../cluster/index.ts";
import { parseUpid, termProxy, vncProxy, type GuestPath, type Opened } from "../proxmox/index.ts";
import type { Console, Wanted } from "./answer.ts";
import { hostOf } from "./host.ts";
import type { Detail } from "./kind.ts";

/** The address at which pveproxy leads a websocket to the port; it asks for a session of the ticket's user too. */
function websocketOf(endpoint: URL, guest: GuestPath, { port, ticket }: Opened): string {
  const path = `/api2/json/nodes/${guest.node}/${guest.type}/${guest.vmid}/vncwebsocket`;
  const url = new URL(path, endpoint);
  url.protocol = "wss:";
  url.search = new URLSearchParams({ port: String(port), vncticket: ticket }).toString();
  return url.href;
}

/** A console on a port of a node: of VNC for any client that reaches it, of a terminal behind the websocket alone. */
export async function onPort(
  { world, proxmox, guest, common }: Wanted,
  { kind, serial, text }: Detail,
): Promise<Console> {
  const opened =
    kind === "vnc"
      ? await vncProxy(proxmox, guest, { password: !text })
      : await termProxy(proxmox, guest, serial ?? undefined);
  const endpoint = await Cluster.endpointOf(world, proxmox, parseUpid(opened.upid)?.node ?? guest.node);
  return {
    ...common,
    host: hostOf(endpoint),
    port: opened.port,
    user: opened.user,
    ticket: opened.ticket,
    password: opened.password ?? null,
    certificate: opened.cert ?? null,
    websocketUrl: kind === "terminal" ? websocketOf(endpoint, guest, opened) : null,
    viewerFile: null,
    upid: opened.upid,
  };
}
