import { listed } from "../lib/list.ts";
import { inMaintenance, ProxmoxError, resources, type Proxmox, type ResourceNode } from "../proxmox/index.ts";

/** A storage as a node sees it. */
export interface NodeStorage {
  readonly storage: string;
  /** Such as `lvmthin` or `nfs`. */
  readonly type: string;
  readonly content: readonly string[];
  readonly active: boolean;
  readonly shared: boolean;
  /** Undefined while nobody tells. */
  readonly freeBytes: number | undefined;
}

/** What has to be known of a node before something is put there. */
export interface Node {
  readonly name: string;
  readonly online: boolean;
  readonly maintenance: boolean;
  /** Undefined where the token may not see the figures of the node. */
  readonly cpus: number | undefined;
  readonly memoryBytes: number | undefined;
  readonly usedBytes: number;
  /** What its running guests may use at most. */
  readonly promisedBytes: number;
  /** All that are no templates, running or not. */
  readonly guests: number;
  readonly storages: readonly NodeStorage[];
}

/** The nodes that are being emptied, none for a token that may not see HA: Proxmox knows of no other maintenance. */
async function emptied(proxmox: Proxmox): Promise<readonly string[]> {
  try {
    return await inMaintenance(proxmox);
  } catch (error) {
    if (error instanceof ProxmoxError && error.refusal.status === 403) return [];
    throw error;
  }
}

type Found = Awaited<ReturnType<typeof resources>>;

function toNode(found: Found, row: ResourceNode, maintenance: boolean): Node {
  const guests = found.guests.filter((guest) => guest.node === row.node && !guest.template);
  const running = guests.filter(({ status }) => status === "running");
  const storages = found.storages.filter((storage) => storage.node === row.node);
  return {
    name: row.node,
    online: row.status === "online",
    maintenance,
    cpus: row.maxcpu,
    memoryBytes: row.maxmem,
    usedBytes: row.mem ?? 0,
    promisedBytes: running.reduce((total, guest) => total + (guest.maxmem ?? 0), 0),
    guests: guests.length,
    storages: storages.map(({ storage, plugintype, content, status, shared, disk, maxdisk }) => ({
      storage,
      type: plugintype,
      content: listed(content),
      active: status === "available",
      shared,
      freeBytes: maxdisk === undefined ? undefined : maxdisk - (disk ?? 0),
    })),
  };
}

/** The nodes of a cluster as they are now: two requests, one where it does not matter which are in maintenance. */
export async function nodes(proxmox: Proxmox, { maintenance }: { maintenance: boolean }): Promise<Node[]> {
  const none: readonly string[] = [];
  const [found, away] = await Promise.all([resources(proxmox), maintenance ? emptied(proxmox) : none]);
  return found.nodes
    .map((row) => toNode(found, row, away.includes(row.node)))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
