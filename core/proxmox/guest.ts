import * as z from "zod";
import type { Proxmox } from "./client.ts";

/** Where a guest is; `type` is a part of its path. */
export interface GuestPath {
  readonly node: string;
  readonly type: "qemu" | "lxc";
  readonly vmid: number;
}

const at = (guest: GuestPath) => ({ node: guest.node, vmid: guest.vmid });

/** Starts or stops a guest; the answer is the UPID of the task. */
export const power = (proxmox: Proxmox, guest: GuestPath, action: "start" | "stop") =>
  proxmox.call(
    { method: "POST", path: `/nodes/{node}/${guest.type}/{vmid}/status/${action}`, at: at(guest) },
    z.string(),
  );

const Current = z.object({
  status: z.string(),
  lock: z.string().optional(),
  qmpstatus: z.string().optional(),
});

/** What the guest does at this moment, asked of its own node. */
export const current = (proxmox: Proxmox, guest: GuestPath) =>
  proxmox.call(
    { method: "GET", path: `/nodes/{node}/${guest.type}/{vmid}/status/current`, at: at(guest) },
    Current,
  );

const Config = z.looseObject({ digest: z.string() });

/** The configuration as Proxmox keeps it, with its digest. */
export const config = (proxmox: Proxmox, guest: GuestPath) =>
  proxmox.call({ method: "GET", path: `/nodes/{node}/${guest.type}/{vmid}/config`, at: at(guest) }, Config);
