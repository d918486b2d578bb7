import type { FieldError } from "../lib/fault.ts";
import { isPool, type Proxmox } from "../proxmox/index.ts";

/** What is wrong with a pool that a field names: Proxmox itself would call it a missing privilege. */
export async function poolErrors(proxmox: Proxmox, pool: string | undefined): Promise<FieldError[]> {
  if (pool === undefined || (await isPool(proxmox, pool)) !== false) return [];
  return [
    { pointer: "/pool", code: "missing", detail: `names pool ${pool}, which the cluster does not have` },
  ];
}
