import * as z from "zod";
import { begun } from "./begun.ts";
import type { Proxmox } from "./client.ts";
import { atGuest, type GuestPath } from "./guest.ts";
import { ask } from "./request.ts";
import type { Params } from "./types/generated.ts";
import { fields, flag, numeric } from "./wire.ts";

/** A port that waits for one client, on the node that is named in the UPID: not always the guest's. */
const Opened = fields<"POST /nodes/{node}/qemu/{vmid}/vncproxy">()({
  port: numeric.pipe(z.number().int().min(1).max(65_535)),
  user: z.string(),
  ticket: z.string(),
  /** What the VNC protocol itself asks for, where it is not the ticket. */
  password: z.string().optional(),
  cert: z.string().optional(),
  upid: begun,
});
export type Opened = z.infer<typeof Opened>;

/**
 * Opens a port for a VNC client. The generated password is asked for because the protocol looks at eight characters only:
 * before 9.2 it is the ticket otherwise, whose first eight are no secret.
 */
export function vncProxy(
  proxmox: Proxmox,
  guest: GuestPath,
  { password }: { readonly password: boolean },
): Promise<Opened> {
  const call =
    guest.type === "lxc"
      ? ask("POST /nodes/{node}/lxc/{vmid}/vncproxy", atGuest(guest))
      : ask("POST /nodes/{node}/qemu/{vmid}/vncproxy", atGuest(guest), {
          "generate-password": password ? true : undefined,
        });
  return proxmox.call(call, Opened);
}

type Serial = Params["POST /nodes/{node}/qemu/{vmid}/termproxy"]["serial"];

/** Opens a port, on the node's loopback alone, for a terminal: a container's, or the serial port of a VM. */
export function termProxy(proxmox: Proxmox, guest: GuestPath, serial?: Serial): Promise<Opened> {
  const call =
    guest.type === "lxc"
      ? ask("POST /nodes/{node}/lxc/{vmid}/termproxy", atGuest(guest))
      : ask("POST /nodes/{node}/qemu/{vmid}/termproxy", atGuest(guest), { serial });
  return proxmox.call(call, Opened);
}

/** What remote-viewer wants to know. Only these keys, since others would be orders to a program on a caller's machine. */
const Viewer = fields<"POST /nodes/{node}/qemu/{vmid}/spiceproxy">()({
  type: z.literal("spice"),
  title: z.string().optional(),
  /** What the proxy is shown in place of a host: a ticket. */
  host: z.string(),
  proxy: z.url({ protocol: /^http$/ }),
  "tls-port": numeric,
  "host-subject": z.string(),
  /** Proxmox writes its line breaks as the file has them. */
  ca: z.string().transform((text) => text.replaceAll("\\n", "\n")),
  password: z.string(),
  "delete-this-file": flag.optional(),
  "toggle-fullscreen": z.string().optional(),
  "release-cursor": z.string().optional(),
  "secure-attention": z.string().optional(),
});
export type Viewer = z.infer<typeof Viewer>;

/** Sets a SPICE password for some seconds; `proxy` is the node at which the viewer will knock. */
export const spiceProxy = (proxmox: Proxmox, guest: GuestPath, proxy: string): Promise<Viewer> =>
  proxmox.call(ask(`POST /nodes/{node}/${guest.type}/{vmid}/spiceproxy`, atGuest(guest), { proxy }), Viewer);
