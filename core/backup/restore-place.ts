import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import { find, load, type Guest } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import { asFault } from "../proxmox/index.ts";
import { storagesOf, type Storage } from "../storage/index.ts";
import { isTaken } from "../vmid/index.ts";
import type { Disk } from "../disk/index.ts";
import { kindOf } from "./backup.ts";
import { findBackup, type Found } from "./find.ts";
import { disksOf, misplaced } from "./restore-disks.ts";
import type { RestoreInput } from "./restore-input.ts";

type Refused = { readonly code: string; readonly because: string };

/** What has to be known before a backup is restored. */
export interface RestoreFacts {
  readonly found: Found;
  readonly storages: readonly Storage[];
  /** Those that come out of the backup; nobody looked where none of them is named. */
  readonly disks: readonly Disk[];
  /** The guest that has the VMID now. */
  readonly there: Guest | undefined;
  readonly taken: string | undefined;
  /** The VMID of the guest that was backed up, and that guest where it still is. */
  readonly original: number;
  readonly source: Guest | undefined;
  readonly nodes: readonly { readonly name: string; readonly online: boolean }[];
}

/** Whoever has the VMID, or why it cannot be had. */
async function occupant(ctx: Context, { cluster, vmid }: RestoreInput) {
  if (vmid === undefined) return { there: undefined, taken: undefined };
  const there = await find(ctx, cluster, vmid, true).catch((error: unknown) => {
    if (error instanceof Fault && error.code === "vm.missing") return undefined;
    throw error;
  });
  if (there) return { there, taken: undefined };
  const taken = await isTaken(ctx, await Cluster.connect(ctx, cluster), vmid).catch(asFault);
  return { there, taken };
}

/** Looks at the backup, the storages, and whoever has the VMID. */
export async function learn(ctx: Context, input: RestoreInput): Promise<RestoreFacts> {
  const { cluster } = input;
  const found = await findBackup(ctx, cluster, input.volid);
  const named = Object.keys(input.storages ?? {}).length > 0;
  const [{ storages }, who, listing, disks] = await Promise.all([
    storagesOf(ctx, cluster),
    occupant(ctx, input),
    load(ctx, cluster),
    named ? disksOf(ctx, found) : [],
  ]);
  const original = Number(found.backup.vm?.split("/")[1] ?? 0);
  const source = listing?.guests.find((guest) => guest.vmid === original);
  return { found, storages, disks, ...who, original, source, nodes: listing?.nodes ?? [] };
}

/** Where it is restored to: where its VMID is, where its backup lies, where its guest is, or any node that reaches the backup. */
export function nodeOf(input: RestoreInput, { found, storages, there, source }: RestoreFacts): string {
  if (there) return there.node;
  if (input.node !== undefined) return input.node;
  if (!found.place.shared) return found.place.node;
  const reach = storages.find(({ storage }) => storage === found.place.storage)?.nodes ?? [];
  return source && reach.includes(source.node) ? source.node : (reach[0] ?? found.place.node);
}

function badPlace(input: RestoreInput, facts: RestoreFacts, node: string): Refused | undefined {
  const { found, there, nodes } = facts;
  if (there && input.node !== undefined && input.node !== there.node)
    return { code: "vm.elsewhere", because: `${there.id} is on ${there.node}, and is replaced there` };
  if (!found.place.shared && found.place.node !== node)
    return {
      code: "backup.elsewhere",
      because: `the backup lies on ${found.place.node}, which alone reaches it`,
    };
  const home = nodes.find(({ name }) => name === node);
  if (!home) return { code: "node.missing", because: `cluster ${input.cluster} has no node ${node}` };
  if (!home.online) return { code: "node.offline", because: `node ${node} is offline` };
  return misplaced(input, facts, node);
}

/** Why nothing is restored, or undefined. */
export function obstacle(input: RestoreInput, facts: RestoreFacts, node: string): Refused | undefined {
  const { there, taken } = facts;
  if (taken !== undefined)
    return { code: "vm.exists", because: `VMID ${input.vmid ?? ""} is taken, ${taken}` };
  if (there && !input.force)
    return {
      code: "vm.exists",
      because: `${there.id} is there; with force it is replaced, and what it holds now is lost`,
    };
  if (there && there.type !== kindOf(input.volid))
    return { code: "vm.exists", because: `${there.id} is another kind of guest than the backup` };
  if (there && there.status !== "stopped")
    return {
      code: "vm.running",
      because: `${there.id} is ${there.status}; only a stopped guest is replaced`,
    };
  return badPlace(input, facts, node);
}
