import type { World } from "../context.ts";
import * as Cluster from "../cluster/index.ts";
import { Fault } from "../lib/fault.ts";
import type { Warning } from "../lib/page.ts";
import { asFault, resources, seesStorages } from "../proxmox/index.ts";
import { toStorages, type Storage } from "./storage.ts";

interface Part {
  readonly storages: readonly Storage[];
  /** The nodes that are away, as `{cluster}/{node}`. */
  readonly away: readonly string[];
  readonly warnings: readonly Warning[];
}

/** The storages of one cluster, asked of Proxmox itself: one request. */
export async function storagesOf(world: World, cluster: string): Promise<Part> {
  const proxmox = await Cluster.connect(world, cluster);
  try {
    const found = await resources(proxmox);
    const blind = found.storages.length === 0 && found.nodes.length > 0 && !(await seesStorages(proxmox));
    const offline = found.nodes.filter(({ status }) => status !== "online");
    const warnings = offline.map(({ node }) => ({
      code: "node.offline",
      detail: `node ${node} of cluster ${cluster} is offline; nothing is known of its own storages`,
    }));
    const lack = `the token of cluster ${cluster} sees no storage: it lacks Datastore.Audit on /storage`;
    const lacks = blind ? [{ code: "proxmox.privilege", detail: lack }] : [];
    const away = offline.map(({ node }) => `${cluster}/${node}`);
    return { storages: toStorages(cluster, found.storages), away, warnings: [...lacks, ...warnings] };
  } catch (error) {
    return asFault(error);
  }
}

/** The same for a list: a cluster that does not answer is a warning. */
async function part(world: World, cluster: string): Promise<Part> {
  try {
    return await storagesOf(world, cluster);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const detail = `cluster ${cluster} tells nothing: ${error.message}`;
    return { storages: [], away: [], warnings: [{ code: error.code, detail }] };
  }
}

/** The storages of one cluster, or of all. */
export async function storageParts(world: World, cluster?: string): Promise<Part> {
  const clusters = (await Cluster.all(world)).filter(({ id }) => (cluster ?? id) === id);
  const parts = await Promise.all(clusters.map(({ id }) => part(world, id)));
  return {
    storages: parts.flatMap((one) => one.storages),
    away: parts.flatMap((one) => one.away),
    warnings: parts.flatMap((one) => one.warnings),
  };
}
