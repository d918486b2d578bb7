import * as z from "zod";
import type { Proxmox } from "./client.ts";
import type { Options } from "./create.ts";
import { atGuest, type GuestPath } from "./guest.ts";
import { ask, type Call } from "./request.ts";

/** Sets and deletes options of a guest at once, new drives among them. */
export async function setOptions(
  proxmox: Proxmox,
  guest: GuestPath,
  { set, remove }: { readonly set: Options; readonly remove: readonly string[] },
): Promise<void> {
  const call: Call = ask(`PUT /nodes/{node}/${guest.type}/{vmid}/config`, atGuest(guest), {});
  const gone = remove.length > 0 ? { delete: remove.join(",") } : {};
  await proxmox.call({ ...call, params: { ...set, ...gone } }, z.null());
}

/** Writes the cloud-init drive of a VM anew, from its options as they are. */
export async function regenerate(proxmox: Proxmox, guest: GuestPath): Promise<void> {
  await proxmox.call(ask("PUT /nodes/{node}/qemu/{vmid}/cloudinit", atGuest(guest)), z.null());
}
