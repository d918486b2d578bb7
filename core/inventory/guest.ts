import * as z from "zod";
import { listed } from "../lib/list.ts";
import type { ResourceGuest } from "../proxmox/index.ts";

const STATUSES = ["running", "stopped", "paused", "suspended", "unknown"] as const;

/** A guest of any kind, as every answer shows it. `id` is `{cluster}/{vmid}`; figures are null while Proxmox has none. */
export const Guest = z.object({
  id: z.string(),
  cluster: z.string(),
  vmid: z.number().int(),
  type: z.enum(["qemu", "lxc"]),
  name: z.string().nullable(),
  node: z.string(),
  status: z.enum(STATUSES),
  template: z.boolean(),
  tags: z.array(z.string()),
  pool: z.string().nullable(),
  cpus: z.number().nullable(),
  cpuUsage: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  memoryUsedBytes: z.number().nullable(),
  diskBytes: z.number().nullable(),
  uptimeSeconds: z.number().nullable(),
  lock: z.string().nullable(),
  haState: z.string().nullable(),
});
export type Guest = z.infer<typeof Guest>;

/** A guest without what changes from minute to minute. */
export const Profile = Guest.omit({ cpuUsage: true, memoryUsedBytes: true, uptimeSeconds: true });
export type Profile = z.infer<typeof Profile>;

/** `main/101` in an input. */
export const VmRef = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}\/\d{3,9}$/, "must be {cluster}/{vmid}, such as main/101")
  .transform((text) => {
    const [cluster = "", vmid = ""] = text.split("/");
    return { cluster, vmid: Number(vmid) };
  });

const Status = z.enum(STATUSES).catch("unknown");

/** Proxmox calls a guest that sleeps on disk stopped; that one is paused, no listing tells. */
function statusOf({ status, lock }: ResourceGuest): Guest["status"] {
  return status === "stopped" && lock === "suspended" ? "suspended" : Status.parse(status);
}

/** A guest out of a row of `/cluster/resources`. */
export function toGuest(cluster: string, row: ResourceGuest): Guest {
  return {
    id: `${cluster}/${row.vmid}`,
    cluster,
    vmid: row.vmid,
    type: row.type,
    name: row.name ?? null,
    node: row.node,
    status: statusOf(row),
    template: row.template,
    tags: listed(row.tags),
    pool: row.pool ?? null,
    cpus: row.maxcpu ?? null,
    cpuUsage: row.cpu ?? null,
    memoryBytes: row.maxmem ?? null,
    memoryUsedBytes: row.mem ?? null,
    diskBytes: row.maxdisk ?? null,
    uptimeSeconds: row.uptime ?? null,
    lock: row.lock ?? null,
    haState: row.hastate ?? null,
  };
}
