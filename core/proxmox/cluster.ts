import * as z from "zod";
import type { Proxmox } from "./client.ts";
import { ask } from "./request.ts";
import { fields, flag, numeric } from "./wire.ts";

const resource = fields<"GET /cluster/resources">();
const Guest = resource({
  id: z.string(),
  type: z.enum(["qemu", "lxc"]),
  vmid: numeric,
  node: z.string(),
  status: z.string().default("unknown"),
  name: z.string().optional(),
  template: flag.optional(),
  tags: z.string().optional(),
  pool: z.string().optional(),
  lock: z.string().optional(),
  hastate: z.string().optional(),
  cpu: numeric.optional(),
  maxcpu: numeric.optional(),
  mem: numeric.optional(),
  maxmem: numeric.optional(),
  maxdisk: numeric.optional(),
  uptime: numeric.optional(),
});
const Node = resource({
  type: z.literal("node"),
  node: z.string(),
  status: z.string().default("unknown"),
  maxcpu: numeric.optional(),
  mem: numeric.optional(),
  maxmem: numeric.optional(),
});
const Storage = resource({
  type: z.literal("storage"),
  storage: z.string(),
  node: z.string(),
  status: z.string().default("unknown"),
  plugintype: z.string().default("unknown"),
  content: z.string().default(""),
  shared: flag.default(false),
  disk: numeric.optional(),
  maxdisk: numeric.optional(),
});
/** A guest or node that cannot be read must not pass for something else: it would look as if it were gone. */
const Other = resource({ type: z.string().regex(/^(?!(?:qemu|lxc|node)$)/) });

/** A guest as `/cluster/resources` shows it. Figures and names are missing while Proxmox has none. */
export type ResourceGuest = z.infer<typeof Guest>;

/** A storage as one node sees it; figures are missing while that node is away. */
export type ResourceStorage = z.infer<typeof Storage>;
/** A node; figures are missing while it is away. */
export type ResourceNode = z.infer<typeof Node>;

/** Every guest, node and storage of a cluster, in one request. Figures are ten seconds old; status lags behind. */
export async function resources(proxmox: Proxmox) {
  const rows = await proxmox.call(
    ask("GET /cluster/resources", {}, {}, { kind: "list" }),
    z.array(z.union([Guest, Node, Storage, Other])),
  );
  const guests: ResourceGuest[] = [];
  const nodes: ResourceNode[] = [];
  const storages: ResourceStorage[] = [];
  for (const row of rows) {
    if ("vmid" in row) guests.push(row);
    else if ("storage" in row) storages.push(row);
    else if ("node" in row) nodes.push(row);
  }
  return { guests, nodes, storages };
}

const Version = fields<"GET /version">()({ version: z.string(), release: z.string().optional() });

/** Proxmox's own version. */
export const version = (proxmox: Proxmox) => proxmox.call(ask("GET /version", {}), Version);

const StatusRow = fields<"GET /cluster/status">()({
  type: z.string(),
  name: z.string(),
  quorate: flag.optional(),
  online: flag.optional(),
  ip: z.string().optional(),
});

/** Quorum and nodes. A node outside a cluster counts as quorate. */
export async function clusterStatus(proxmox: Proxmox) {
  const rows = await proxmox.call(ask("GET /cluster/status", {}), z.array(StatusRow));
  const cluster = rows.find((row) => row.type === "cluster");
  const nodes = rows
    .filter((row) => row.type === "node")
    .map((row) => ({ name: row.name, online: row.online === true, ip: row.ip }));
  return { quorate: cluster ? cluster.quorate === true : true, nodes };
}
