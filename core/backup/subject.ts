import { load, type Guest } from "../inventory/index.ts";
import type { World } from "../context.ts";
import type { Found } from "./find.ts";

/**
 * The guest that a backup is of, as policy is asked about it. Of one that is gone nobody knows whose it was: it carries no
 * tags, so that safe mode keeps its backups.
 */
export async function subjectOf(
  world: World,
  { backup, place }: Found,
): Promise<Guest & { readonly gone: boolean }> {
  const vmid = Number(backup.vm?.split("/")[1] ?? 0);
  const listing = await load(world, backup.cluster);
  const known = listing?.guests.find((guest) => guest.vmid === vmid);
  if (known) return { ...known, gone: false };
  return {
    id: `${backup.cluster}/${vmid}`,
    cluster: backup.cluster,
    vmid,
    type: /vzdump-lxc|\/ct\//.test(backup.volid) ? "lxc" : "qemu",
    name: null,
    node: place.node,
    status: "unknown",
    template: false,
    tags: [],
    pool: null,
    cpus: null,
    cpuUsage: null,
    memoryBytes: null,
    memoryUsedBytes: null,
    diskBytes: null,
    uptimeSeconds: null,
    lock: null,
    haState: null,
    gone: true,
  };
}
