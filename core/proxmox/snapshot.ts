import * as z from "zod";
import type { Proxmox } from "./client.ts";
import type { GuestPath } from "./guest.ts";

const at = (guest: GuestPath) => ({ node: guest.node, vmid: guest.vmid });
const path = (guest: GuestPath) => `/nodes/{node}/${guest.type}/{vmid}/snapshot`;

const Entry = z.object({
  name: z.string(),
  description: z.string().optional(),
  snaptime: z.coerce.number().optional(),
  parent: z.string().optional(),
  vmstate: z.coerce.number().optional(),
  snapstate: z.string().optional(),
});

/** A snapshot as Proxmox lists it; the last one of a list is `current`, the guest itself. */
export type SnapshotEntry = z.infer<typeof Entry>;

/** All snapshots of a guest. */
export const snapshots = (proxmox: Proxmox, guest: GuestPath) =>
  proxmox.call({ method: "GET", path: path(guest), at: at(guest) }, z.array(Entry));

/** Takes a snapshot; the answer is the UPID. Name and lock are checked only inside the task. */
export function takeSnapshot(
  proxmox: Proxmox,
  guest: GuestPath,
  params: { snapname: string; description: string; vmstate: boolean },
) {
  const { vmstate, ...rest } = params;
  const withMemory = guest.type === "qemu" && vmstate ? { vmstate } : {};
  return proxmox.call(
    { method: "POST", path: path(guest), at: at(guest), params: { ...rest, ...withMemory } },
    z.string(),
  );
}

/** Deletes a snapshot; the answer is the UPID. */
export const deleteSnapshot = (proxmox: Proxmox, guest: GuestPath, snapname: string) =>
  proxmox.call(
    { method: "DELETE", path: `${path(guest)}/{snapname}`, at: { ...at(guest), snapname } },
    z.string(),
  );
