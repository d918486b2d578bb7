import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import { nodesOf as listedNodes, type Guest } from "../inventory/index.ts";
import { unmarked } from "../lib/marker.ts";
import { asFault, config, ProxmoxError, resources, type Proxmox } from "../proxmox/index.ts";
import { storagesOf, unfit } from "../storage/index.ts";
import { isTaken } from "../vmid/index.ts";
import type { CloneInput } from "./clone-input.ts";
import { storagesOf as disksOn } from "./clone-pool.ts";

/** A configuration as Proxmox tells it. */
export type Config = Readonly<Record<string, unknown>>;

/** Why nothing is copied. */
export interface Obstacle {
  readonly code: string;
  readonly because: string;
}

/** What has to be known before anything can be said of a clone. */
export interface Facts {
  readonly nodes: readonly { readonly name: string; readonly online: boolean }[];
  readonly notes: string;
  /** What is copied, of now or of a snapshot; undefined when there is no such snapshot. */
  readonly copied: Config | undefined;
  /** Why the VMID that is asked for cannot be had. */
  readonly taken: string | undefined;
  /** Why the storage that is asked for cannot take the disks. */
  readonly unfit: Obstacle | undefined;
}

/** A node that the inventory does not know may be a minute old. */
async function nodesOf(ctx: Context, proxmox: Proxmox, wanted: string): Promise<Facts["nodes"]> {
  const kept = await listedNodes(ctx, proxmox.cluster);
  if (kept.some(({ name }) => name === wanted)) return kept;
  const found = (await resources(proxmox)).nodes;
  return found.map(({ node, status }) => ({ name: node, online: status === "online" }));
}

async function snapshotOf(proxmox: Proxmox, source: Guest, name: string): Promise<Config | undefined> {
  try {
    return await config(proxmox, source, name);
  } catch (error) {
    if (error instanceof ProxmoxError && /^snapshot '.*' does not exist/.test(error.message))
      return undefined;
    throw error;
  }
}

/** Why the disks of this configuration cannot come to the node or the storage that is asked for. */
async function storageProblem(
  ctx: Context,
  { storage, node: wanted }: CloneInput,
  { source, copied }: { readonly source: Guest; readonly copied: Config },
): Promise<Obstacle | undefined> {
  const { id, cluster, node: home } = source;
  const node = wanted ?? home;
  if (storage === undefined && node === home) return undefined;
  const { storages } = await storagesOf(ctx, cluster);
  const isLocal = (name: string) => storages.some((one) => one.storage === name && !one.shared);
  const local = disksOn(copied).find(isLocal);
  if (node !== home && local !== undefined) {
    const because = `${id} has a disk on storage ${local}, which only ${home} reaches, and cannot be copied to ${node}`;
    return { code: "storage.local", because };
  }
  const content = source.type === "lxc" ? "rootdir" : "images";
  return storage === undefined ? undefined : unfit(storages, { storage, node, content });
}

/** Looks at the source, the nodes, the VMID and the storage. */
export async function learn(ctx: Context, input: CloneInput, source: Guest): Promise<Facts> {
  const proxmox = await Cluster.connect(ctx, source.cluster);
  try {
    const current = await config(proxmox, source);
    const copied = input.snapshot === undefined ? current : await snapshotOf(proxmox, source, input.snapshot);
    return {
      nodes: input.node === undefined ? [] : await nodesOf(ctx, proxmox, input.node),
      notes: unmarked(current.description),
      copied,
      taken: input.newVmid === undefined ? undefined : await isTaken(ctx, proxmox, input.newVmid),
      unfit: await storageProblem(ctx, input, { source, copied: copied ?? current }),
    };
  } catch (error) {
    return asFault(error);
  }
}
