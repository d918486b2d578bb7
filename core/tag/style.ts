import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { areTagsCaseSensitive, ProxmoxError, type Proxmox } from "../proxmox/index.ts";
import type { TagStyle } from "./tag.ts";

/** The cluster is asked how it compares tags only where that can make a difference. */
export async function styleOf(proxmox: Proxmox, tags: readonly string[]): Promise<TagStyle> {
  const cased = tags.some((tag) => tag !== tag.toLowerCase());
  return { caseSensitive: cased && (await areTagsCaseSensitive(proxmox)) };
}

/** Most clusters ignore case; an item asks its own again. */
const ASSUMED: TagStyle = { caseSensitive: false };

/** How these clusters compare these tags, for a plan. */
export async function stylesOf(world: World, clusters: readonly string[], tags: readonly string[]) {
  const asked = [...new Set(clusters)].map(async (id): Promise<[string, TagStyle]> => {
    try {
      return [id, await styleOf(await Cluster.connect(world, id), tags)];
    } catch (error) {
      if (!(error instanceof ProxmoxError)) throw error;
      return [id, ASSUMED];
    }
  });
  const styles = new Map(await Promise.all(asked));
  return (cluster: string): TagStyle => styles.get(cluster) ?? ASSUMED;
}
