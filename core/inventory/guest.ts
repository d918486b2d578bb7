import * as z from "zod";
import { listed } from "../lib/list.ts";
import type { ResourceGuest } from "../proxmox/index.ts";

/** What Proxmox may leave out of a listing, and what decides who is chosen. */
const FIELDS = ["name", "tags", "pool", "template"] as const;

const STATUSES = ["running", "stopped", "paused", "suspended", "unknown"] as const;

/**
 * A guest of any kind, as every answer shows it. `id` is `{cluster}/{vmid}`; figures are null while Proxmox has none.
 * `toldAt` is there while Proxmox tells no more of a guest than its place: the rest is as of then. `unknown` names what it
 * has never told, and what therefore stands empty.
 */
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
  toldAt: z.string().exactOptional(),
  unknown: z.array(z.enum(FIELDS)).exactOptional(),
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
export function statusOf({ status, lock }: Pick<ResourceGuest, "status" | "lock">): Guest["status"] {
  return status === "stopped" && lock === "suspended" ? "suspended" : Status.parse(status);
}

/** Whether a row has more to say than where the guest is: statistics, and with them its name, come later and go with its node. */
export const isTold = ({ name, status }: ResourceGuest) => name !== undefined && status !== "unknown";

/** What a row leaves out, and what was known of it. */
function gaps(row: ResourceGuest, before: Profile | undefined, asOf: string | undefined) {
  if (isTold(row)) return {};
  const unknown = FIELDS.filter(
    (field) => row[field] === undefined && (!before || before.unknown?.includes(field)),
  );
  const toldAt = before?.toldAt ?? (before ? asOf : undefined);
  return { ...(toldAt === undefined ? {} : { toldAt }), ...(unknown.length === 0 ? {} : { unknown }) };
}

const NOTHING = {
  name: null,
  template: false,
  tags: [],
  pool: null,
  cpus: null,
  memoryBytes: null,
  diskBytes: null,
  lock: null,
  haState: null,
};

/** Figures of the moment: nobody knows them any more once they are not told. */
const figures = (row: ResourceGuest) => ({
  cpuUsage: row.cpu ?? null,
  memoryUsedBytes: row.mem ?? null,
  uptimeSeconds: row.uptime ?? null,
});

const sizes = (row: ResourceGuest, last: Pick<Profile, "cpus" | "memoryBytes" | "diskBytes">) => ({
  cpus: row.maxcpu ?? last.cpus,
  memoryBytes: row.maxmem ?? last.memoryBytes,
  diskBytes: row.maxdisk ?? last.diskBytes,
});

/**
 * A guest out of a row of `/cluster/resources`. `before` is the same guest as it was listed at `asOf`: what a row without
 * statistics does not say is not empty, but as it was. Only figures of the moment are gone with them. Pure.
 */
export function toGuest(cluster: string, row: ResourceGuest, before?: Profile, asOf?: string): Guest {
  const same = before?.type === row.type ? before : undefined;
  const last = isTold(row) || !same ? NOTHING : same;
  return {
    id: `${cluster}/${row.vmid}`,
    cluster,
    vmid: row.vmid,
    type: row.type,
    name: row.name ?? last.name,
    node: row.node,
    status: statusOf(row),
    template: row.template ?? last.template,
    tags: row.tags === undefined ? [...last.tags] : listed(row.tags),
    pool: row.pool ?? last.pool,
    ...sizes(row, last),
    ...figures(row),
    lock: row.lock ?? last.lock,
    haState: row.hastate ?? last.haState,
    ...gaps(row, same, asOf),
  };
}
