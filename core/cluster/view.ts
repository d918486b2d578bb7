import * as z from "zod";
import type { World } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import { clusterStatus, ProxmoxError, sight, toFault, version } from "../proxmox/index.ts";
import { clusterEtag, type ClusterRow } from "./cluster.ts";
import { connect } from "./connect.ts";

/** A cluster as callers see it: how it is reached, and what it said just now. */
export const ClusterView = z.object({
  id: z.string(),
  name: z.string(),
  endpoints: z.array(z.string()),
  version: z.string().nullable(),
  /** `forbidden`: it answers, and its credential is refused or lacks what is needed to see nodes and guests. */
  status: z.enum(["ok", "no-quorum", "forbidden", "unreachable"]),
  reason: z.string().nullable(),
  nodes: z.array(z.object({ name: z.string(), online: z.boolean() })),
  etag: z.string(),
});
export type ClusterView = z.infer<typeof ClusterView>;

/** Why a token that Proxmox accepts is of no use: it gets empty lists. */
export const BLIND = "The token sees no guest: it lacks VM.Audit on /vms.";

const FORBIDDEN = new Set(["proxmox.credentials", "proxmox.privilege"]);

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
    const [about, status, seen] = await Promise.all([
      version(proxmox),
      clusterStatus(proxmox),
      sight(proxmox),
    ]);
    const known = { ...base, version: about.version, nodes: status.nodes };
    if (seen === "none") return { ...known, status: "forbidden", reason: BLIND };
    return { ...known, status: status.quorate ? "ok" : "no-quorum", reason: null };
  } catch (error) {
    if (!(error instanceof ProxmoxError) && !(error instanceof Fault)) throw error;
    const { code, message } = error instanceof ProxmoxError ? toFault(error) : error;
    const status = FORBIDDEN.has(code) ? "forbidden" : "unreachable";
    return { ...base, version: null, status, reason: message, nodes: [] };
  }
}
