import * as z from "zod";
import type { Proxmox } from "./client.ts";

const Guest = z.object({
  id: z.string(),
  type: z.enum(["qemu", "lxc"]),
  vmid: z.coerce.number(),
  node: z.string(),
  status: z.string().default("unknown"),
  name: z.string().optional(),
  template: z.coerce.number().default(0),
  tags: z.string().optional(),
  pool: z.string().optional(),
  lock: z.string().optional(),
  hastate: z.string().optional(),
  cpu: z.coerce.number().optional(),
  maxcpu: z.coerce.number().optional(),
  mem: z.coerce.number().optional(),
  maxmem: z.coerce.number().optional(),
  maxdisk: z.coerce.number().optional(),
  uptime: z.coerce.number().optional(),
});
const Node = z.object({ type: z.literal("node"), node: z.string(), status: z.string().default("unknown") });
const Other = z.object({ type: z.string() });

/** A guest as `/cluster/resources` shows it. Figures and names are missing while Proxmox has none. */
export type ResourceGuest = z.infer<typeof Guest>;

/** Every guest and node of a cluster, in one request. */
export async function resources(proxmox: Proxmox) {
  const rows = await proxmox.call(
    { method: "GET", path: "/cluster/resources" },
    z.array(z.union([Guest, Node, Other])),
  );
  const guests: ResourceGuest[] = [];
  const nodes: z.infer<typeof Node>[] = [];
  for (const row of rows) {
    if ("vmid" in row) guests.push(row);
    else if ("node" in row) nodes.push(row);
  }
  return { guests, nodes };
}

const Version = z.object({ version: z.string(), release: z.string().optional() });

/** Proxmox's own version. */
export const version = (proxmox: Proxmox) => proxmox.call({ method: "GET", path: "/version" }, Version);

const StatusRow = z.object({
  type: z.string(),
  name: z.string(),
  quorate: z.coerce.number().optional(),
  online: z.coerce.number().optional(),
});

/** Quorum and nodes. A node outside a cluster counts as quorate. */
export async function clusterStatus(proxmox: Proxmox) {
  const rows = await proxmox.call({ method: "GET", path: "/cluster/status" }, z.array(StatusRow));
  const cluster = rows.find((row) => row.type === "cluster");
  const nodes = rows
    .filter((row) => row.type === "node")
    .map((row) => ({ name: row.name, online: row.online === 1 }));
  return { quorate: cluster ? cluster.quorate === 1 : true, nodes };
}
