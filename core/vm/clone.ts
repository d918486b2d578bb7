import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import { find, nodesOf as listedNodes, type Guest } from "../inventory/index.ts";
import { badInput } from "../lib/issues.ts";
import { accept, Operation, planGuests, toLimits, type GuestPlan } from "../operation/index.ts";
import { config, ProxmoxError, resources, toFault, type Proxmox } from "../proxmox/index.ts";
import { verb } from "../verb.ts";
import { isTaken } from "../vmid/index.ts";
import { CloneInput, complaintsOf, isFull } from "./clone-input.ts";
import { poolsOf, storagesOf } from "./clone-pool.ts";
import type { CloneDetail } from "./cloning.ts";
import { unmarked } from "../lib/marker.ts";

type Config = Readonly<Record<string, unknown>>;

/** What has to be known before anything can be said of a clone. */
interface Facts {
  readonly nodes: readonly { readonly name: string; readonly online: boolean }[];
  readonly notes: string;
  /** What is copied, of now or of a snapshot; undefined when there is no such snapshot. */
  readonly copied: Config | undefined;
  /** Why the VMID that is asked for cannot be had. */
  readonly taken: string | undefined;
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

async function learn(ctx: Context, input: CloneInput, source: Guest): Promise<Facts> {
  const proxmox = await Cluster.connect(ctx, source.cluster);
  try {
    const current = await config(proxmox, source);
    return {
      nodes: input.node === undefined ? [] : await nodesOf(ctx, proxmox, input.node),
      notes: unmarked(current.description),
      copied: input.snapshot === undefined ? current : await snapshotOf(proxmox, source, input.snapshot),
      taken: input.newVmid === undefined ? undefined : await isTaken(ctx, proxmox, input.newVmid),
    };
  } catch (error) {
    throw error instanceof ProxmoxError ? toFault(error) : error;
  }
}

/** Why nothing is copied, or undefined. */
function obstacle(
  input: CloneInput,
  source: Guest,
  facts: Facts,
): { code: string; because: string } | undefined {
  const { id } = source;
  if (!isFull(input, source) && !source.template)
    return { code: "vm.not-template", because: `${id} is no template, and only those can be linked to` };
  if (!facts.copied)
    return { code: "snapshot.missing", because: `${id} has no snapshot ${input.snapshot ?? ""}` };
  if (facts.nodes.some(({ name, online }) => name === input.node && !online))
    return { code: "node.offline", because: `node ${input.node ?? ""} is offline` };
  if (facts.taken === undefined) return undefined;
  return { code: "vm.exists", because: `VMID ${input.newVmid ?? ""} is taken, ${facts.taken}` };
}

const detailOf = (input: CloneInput, source: Guest, { notes }: Facts): CloneDetail => ({
  template: source.template,
  newVmid: input.newVmid ?? null,
  name: input.name ?? null,
  node: input.node ?? source.node,
  full: isFull(input, source),
  storage: input.storage ?? null,
  format: input.format ?? null,
  pool: input.pool ?? null,
  snapshot: input.snapshot ?? null,
  description: input.description ?? notes,
});

/** What a clone would do, onto which storages, and the configuration that is copied. */
export interface ClonePlan extends GuestPlan {
  readonly storages: readonly string[];
  readonly copied: Config;
}

/** Plans a clone. */
export async function planClone(ctx: Context, input: CloneInput): Promise<ClonePlan> {
  const source = await find(ctx, input.cluster, input.vmid, true);
  const facts = await learn(ctx, input, source);
  const wrong = complaintsOf(
    input,
    source,
    facts.nodes.map(({ name }) => name),
  );
  if (wrong.length > 0) throw badInput(wrong);
  const propose = () => {
    const reason = obstacle(input, source, facts);
    if (reason) return { run: false as const, ...reason };
    const because = `${source.id} is ${source.template ? "a template" : source.status}`;
    return { run: true as const, because, detail: detailOf(input, source, facts) };
  };
  const intent = { kind: "vm.clone", action: "vm.clone", bulk: false, force: input.force, propose };
  const chosen = { guests: [source], absent: [], others: [] };
  const storages = input.storage === undefined ? storagesOf(facts.copied ?? {}) : [input.storage];
  return { ...(await planGuests(ctx, intent, chosen)), storages, copied: facts.copied ?? {} };
}

/** Copies a guest or a template into a new guest, which is left stopped. */
export const clone = verb<typeof CloneInput, typeof Operation, ClonePlan>({
  action: "vm.clone",
  effect: "write",
  tracked: true,
  single: true,
  input: CloneInput,
  output: Operation,
  target: (input) => `${input.cluster}/${input.vmid}`,
  plan: planClone,
  run: (ctx, input, { tasks, storages }) =>
    accept(ctx, {
      kind: "vm.clone",
      action: "vm.clone",
      tasks,
      target: `${input.cluster}/${input.vmid}`,
      input,
      bulk: false,
      force: input.force,
      limits: toLimits(input, 1),
      pools: poolsOf(input, storages),
    }),
});
