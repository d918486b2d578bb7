import * as z from "zod";
import type { World } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import { clusterStatus, ProxmoxError, toFault, version } from "../proxmox/index.ts";
import { clusterEtag, type ClusterRow } from "./cluster.ts";
import { connect } from "./connect.ts";

/** A cluster as callers see it: how it is reached, and what it said just now. */
export const ClusterView = z.object({
  id: z.string(),
  name: z.string(),
  endpoints: z.array(z.string()),
  version: z.string().nullable(),
  status: z.enum(["ok", "no-quorum", "unreachable"]),
  reason: z.string().nullable(),
  nodes: z.array(z.object({ name: z.string(), online: z.boolean() })),
  etag: z.string(),
});
export type ClusterView = z.infer<typeof ClusterView>;

/** Asks the cluster how it is; one that does not answer is shown as unreachable, with the reason. */
export async function view(world: World, cluster: ClusterRow): Promise<ClusterView> {
  const base = {
    id: cluster.id,
    name: cluster.name,
    endpoints: cluster.endpoints,
    etag: clusterEtag(cluster),
  };
  try {
    const proxmox = await connect(world, cluster.id);
    const [about, status] = await Promise.all([version(proxmox), clusterStatus(proxmox)]);
    const state = status.quorate ? ("ok" as const) : ("no-quorum" as const);
    return { ...base, version: about.version, status: state, reason: null, nodes: status.nodes };
  } catch (error) {
    if (!(error instanceof ProxmoxError) && !(error instanceof Fault)) throw error;
    const { message } = error instanceof ProxmoxError ? toFault(error) : error;
    return { ...base, version: null, status: "unreachable", reason: message, nodes: [] };
  }
}
