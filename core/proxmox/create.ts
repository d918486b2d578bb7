import { begun } from "./begun.ts";
import type { Proxmox } from "./client.ts";
import type { GuestPath } from "./guest.ts";
import { ask } from "./request.ts";

/** Options of a guest that were held against the facts of Proxmox's own schema before. */
export type Options = Readonly<Record<string, string | number | boolean>>;

/**
 * Makes a guest; the answer is the UPID. What it asks for in vain of storages and volumes may come up only inside the
 * task. The options of a container name its `ostemplate`.
 */
export function createGuest(
  proxmox: Proxmox,
  { node, type, vmid }: GuestPath,
  options: Options,
): Promise<string> {
  const call = ask(`POST /nodes/{node}/${type}`, { node });
  return proxmox.call({ ...call, params: { ...options, vmid } }, begun);
}

/** The options of a new guest that this version of Proxmox does not have. */
export async function notOffered(
  proxmox: Proxmox,
  names: readonly string[],
  type: GuestPath["type"] = "qemu",
): Promise<string[]> {
  const asked = names.map(async (name) =>
    (await proxmox.offers(`POST /nodes/{node}/${type}`, [name])) ? [] : [name],
  );
  return (await Promise.all(asked)).flat();
}
