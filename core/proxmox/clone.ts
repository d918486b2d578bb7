import * as z from "zod";
import { begun } from "./begun.ts";
import type { Proxmox } from "./client.ts";
import { ProxmoxError } from "./error.ts";
import { atGuest, type GuestPath } from "./guest.ts";
import { ask } from "./request.ts";
import type { Params } from "./types/generated.ts";
import { numeric } from "./wire.ts";

type OfVm = Params["POST /nodes/{node}/qemu/{vmid}/clone"];

/** A copy to be made; a container has no `format`, and its `name` is its host name. */
export type CloneParams = Pick<
  OfVm,
  "newid" | "name" | "description" | "full" | "storage" | "format" | "pool" | "snapname" | "target"
>;

/** Copies a guest; the answer is the UPID, whose id is the source. Whether the new id is free is sure only inside the task. */
export function cloneGuest(proxmox: Proxmox, guest: GuestPath, params: CloneParams) {
  const { name, format, ...shared } = params;
  const own = guest.type === "qemu" ? { name, format } : { hostname: name };
  return proxmox.call(
    ask(`POST /nodes/{node}/${guest.type}/{vmid}/clone`, atGuest(guest), { ...shared, ...own }),
    begun,
  );
}

/** What Proxmox lets a guest have as its number. */
const vmid = numeric.pipe(z.number().int().min(100).max(999_999_999));

/** The lowest free VMID in the range that the cluster sets itself. It is kept for nobody. */
export const nextVmid = (proxmox: Proxmox) => proxmox.call(ask("GET /cluster/nextid", {}), vmid);

/** Whether no guest of the cluster has this VMID at this moment, be it one that we may not see. */
export async function isFreeVmid(proxmox: Proxmox, wanted: number): Promise<boolean> {
  try {
    await proxmox.call(ask("GET /cluster/nextid", {}, { vmid: wanted }), vmid);
    return true;
  } catch (error) {
    if (!(error instanceof ProxmoxError)) throw error;
    if (error.errors["vmid"]?.includes("already exists") === true) return false;
    throw error;
  }
}
