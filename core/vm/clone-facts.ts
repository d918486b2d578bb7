import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import { nodesOf as listedNodes, type Guest } from "../inventory/index.ts";
import type { FieldError } from "../lib/fault.ts";
import { unmarked } from "../lib/marker.ts";
import { poolErrors } from "../placement/index.ts";
import {
  asFault,
  config,
  hasFeature,
  ProxmoxError,
  resources,
  type Proxmox,
  toTexts,
} from "../proxmox/index.ts";
import { storagesOf } from "../storage/index.ts";
import { isTaken } from "../vmid/index.ts";
import { isFull, type CloneInput } from "./clone-input.ts";
import { misplaced, uncopiable, type Obstacle } from "./clone-place.ts";

/** A configuration as Proxmox tells it. */
export type Config = Readonly<Record<string, unknown>>;

/** What has to be known before anything can be said of a clone. */
export interface Facts {
  readonly nodes: readonly { readonly name: string; readonly online: boolean }[];
  readonly notes: string;
  /** What is copied, of now or of a snapshot; undefined when there is no such snapshot. */
  readonly copied: Config | undefined;
  /** Why the VMID that is asked for cannot be had. */
  readonly taken: string | undefined;
  /** The type of the storage that the copies go to, where it is asked for. */
  readonly onto: string | undefined;
  /** What is wrong with the pool that is asked for. */
  readonly pool: readonly FieldError[];
  /** Why the disks cannot be copied, or not to where it is asked for. */
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

/** Why this configuration cannot be copied, or not to the node or the storage that is asked for, and of which type that is. */
async function placeOf(
  ctx: Context,
  { storage, node }: CloneInput,
  { source, copied }: { readonly source: Guest; readonly copied: Config },
): Promise<Pick<Facts, "unfit" | "onto">> {
  const texts = toTexts(copied);
  const unfit = uncopiable(source, texts);
  const wanted = node ?? source.node;
  if (unfit || (storage === undefined && wanted === source.node)) return { unfit, onto: undefined };
  const { storages } = await storagesOf(ctx, source.cluster);
  const onto = storages.find((one) => one.storage === storage)?.type;
  return { unfit: misplaced(source, texts, { node: wanted, storage, storages }), onto };
}

/**
 * What the storages of a source cannot do; undefined where they can. Any storage makes full copies of what is there now,
 * and nobody is asked; else it depends on its type: one request.
 */
async function unsupported(
  proxmox: Proxmox,
  input: CloneInput,
  { source, copied }: { readonly source: Guest; readonly copied: Config | undefined },
): Promise<Obstacle | undefined> {
  const linked = !isFull(input, source);
  if (copied === undefined || (linked ? !source.template : input.snapshot === undefined)) return undefined;
  if (await hasFeature(proxmox, source, linked ? "clone" : "copy", input.snapshot)) return undefined;
  const because = linked
    ? `a storage of ${source.id} makes no linked clones; ask for a full one`
    : `a storage of ${source.id} copies nothing out of a snapshot`;
  return { code: "clone.unsupported", because };
}

/** Looks at the source, the nodes, the VMID and the storage. */
export async function learn(ctx: Context, input: CloneInput, source: Guest): Promise<Facts> {
  const proxmox = await Cluster.connect(ctx, source.cluster);
  try {
    const current = await config(proxmox, source);
    const copied = input.snapshot === undefined ? current : await snapshotOf(proxmox, source, input.snapshot);
    const place = await placeOf(ctx, input, { source, copied: copied ?? current });
    return {
      nodes: input.node === undefined ? [] : await nodesOf(ctx, proxmox, input.node),
      notes: unmarked(current.description),
      copied,
      taken: input.newVmid === undefined ? undefined : await isTaken(ctx, proxmox, input.newVmid),
      pool: await poolErrors(proxmox, input.pool),
      onto: place.onto,
      unfit: place.unfit ?? (await unsupported(proxmox, input, { source, copied })),
    };
  } catch (error) {
    return asFault(error);
  }
}
