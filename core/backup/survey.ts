import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import type { Warning } from "../lib/page.ts";
import { asFault, backupsHidden } from "../proxmox/index.ts";
import { readBackups, type Wanted } from "./read.ts";

/** So many of what a token lacks are named. */
const MOST_NAMED = 5;

function told(cluster: string, lacks: readonly string[]): Warning[] {
  if (lacks.length === 0) return [];
  const more = lacks.length > MOST_NAMED ? ` and ${lacks.length - MOST_NAMED} more` : "";
  const named = lacks.slice(0, MOST_NAMED).join(", ");
  const detail = `the token of cluster ${cluster} does not see all backups: it lacks ${named}${more}`;
  return [{ code: "proxmox.privilege", detail }];
}

/** What the token of a cluster may not see of the backups on these storages. */
async function hidden(world: World, cluster: string, storages: readonly string[], vmid: number | undefined) {
  try {
    const proxmox = await Cluster.connect(world, cluster);
    return told(cluster, await backupsHidden(proxmox, storages, vmid).catch(asFault));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const detail = `cluster ${cluster} does not tell whether its token sees all backups: ${error.message}`;
    return [{ code: error.code, detail }];
  }
}

/** Backups as `readBackups` gives them, and what their listings leave out without a word since a token lacks a privilege. */
export async function survey(world: World, wanted: Wanted) {
  const listing = await readBackups(world, wanted);
  const clusters = Map.groupBy(listing.places, ({ cluster }) => cluster);
  const parts = await Promise.all(
    [...clusters].map(([cluster, places]) =>
      hidden(world, cluster, [...new Set(places.map(({ storage }) => storage))], wanted.vmid),
    ),
  );
  return { ...listing, warnings: [...listing.warnings, ...parts.flat()] };
}
