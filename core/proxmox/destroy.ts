import * as z from "zod";
import { begun } from "./begun.ts";
import type { Proxmox } from "./client.ts";
import { atGuest, type GuestPath } from "./guest.ts";
import { ask } from "./request.ts";

/** What goes with a guest: its place in jobs, HA and rules, and disks that its configuration does not name. */
interface Destruction {
  readonly purge: boolean;
  readonly destroyUnreferencedDisks: boolean;
}

/** Deletes a guest and its disks; the answer is the UPID. */
export const destroyGuest = (proxmox: Proxmox, guest: GuestPath, how: Destruction) =>
  proxmox.call(
    ask(`DELETE /nodes/{node}/${guest.type}/{vmid}`, atGuest(guest), {
      purge: how.purge,
      "destroy-unreferenced-disks": how.destroyUnreferencedDisks,
    }),
    begun,
  );

/** Makes a guest a template for good: the UPID, null for a container, whose task nobody tells. */
export const makeTemplate = (proxmox: Proxmox, guest: GuestPath) =>
  proxmox.call(
    ask(`POST /nodes/{node}/${guest.type}/{vmid}/template`, atGuest(guest)),
    z.union([begun, z.null()]),
  );
