import * as z from "zod";
import { listed } from "../lib/list.ts";
import type { ResourceStorage } from "../proxmox/index.ts";

const WARNING = 0.85;
const CRITICAL = 0.95;

/** A storage as every answer shows it: one that is shared once, a local one for each node. Figures are null while nobody tells. */
export const Storage = z.object({
  id: z.string(),
  cluster: z.string(),
  storage: z.string(),
  node: z.string().nullable(),
  nodes: z.array(z.string()),
  type: z.string(),
  content: z.array(z.string()),
  shared: z.boolean(),
  active: z.boolean(),
  totalBytes: z.number().nullable(),
  usedBytes: z.number().nullable(),
  /** By how full it is: a warning from 85 % on, critical from 95 % on. */
  health: z.enum(["healthy", "warning", "critical", "unknown"]),
});
export type Storage = z.infer<typeof Storage>;

/** How a storage is that is so full. Pure. */
export function healthOf(total: number | null, used: number | null): Storage["health"] {
  if (total === null || used === null || total <= 0) return "unknown";
  if (used / total >= CRITICAL) return "critical";
  return used / total >= WARNING ? "warning" : "healthy";
}

function toStorage(cluster: string, rows: readonly ResourceStorage[], row: ResourceStorage): Storage {
  const { storage, node, plugintype: type, content, shared, maxdisk: total = null } = row;
  const used = total === null ? null : (row.disk ?? 0);
  return {
    id: shared ? `${cluster}/${storage}` : `${cluster}/${node}/${storage}`,
    cluster,
    storage,
    node: shared ? null : node,
    nodes: rows.map((one) => one.node).toSorted(),
    type,
    content: listed(content).toSorted(),
    shared,
    active: rows.some(({ status }) => status === "available"),
    totalBytes: total,
    usedBytes: used,
    health: healthOf(total, used),
  };
}

/** The storages of a cluster out of the rows of `/cluster/resources`: of a shared one the node that tells most speaks. */
export function toStorages(cluster: string, rows: readonly ResourceStorage[]): Storage[] {
  const groups = Map.groupBy(rows, (row) => (row.shared ? row.storage : `${row.storage} ${row.node}`));
  return [...groups.values()].flatMap((group) => {
    const speaker = group.find(({ status, maxdisk }) => status === "available" && maxdisk) ?? group[0];
    return speaker ? [toStorage(cluster, group, speaker)] : [];
  });
}
