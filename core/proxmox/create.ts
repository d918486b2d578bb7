import { begun } from "./begun.ts";
import type { Proxmox } from "./client.ts";
import { ask, type Call } from "./request.ts";

/** Options of a guest that were held against the facts of Proxmox's own schema before. */
export type Options = Readonly<Record<string, string | number | boolean>>;

/** Makes a VM; the answer is the UPID. What it asks for in vain of storages and volumes may come up only inside the task. */
export function createVm(proxmox: Proxmox, node: string, vmid: number, options: Options): Promise<string> {
  const call: Call = ask("POST /nodes/{node}/qemu", { node }, { vmid });
  return proxmox.call({ ...call, params: { ...options, vmid } }, begun);
}

/** The options of a VM that this version of Proxmox does not have. */
export async function notOffered(proxmox: Proxmox, names: readonly string[]): Promise<string[]> {
  const asked = names.map(async (name) =>
    (await proxmox.offers("POST /nodes/{node}/qemu", [name])) ? [] : [name],
  );
  return (await Promise.all(asked)).flat();
}
