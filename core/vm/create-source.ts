import type { Context } from "../context.ts";
import { readAll } from "../inventory/index.ts";
import { decide, safeMode } from "../policy/index.ts";
import { ACTIONS } from "./actions.ts";
import type { CreateInput } from "./create-kind.ts";

/** `local-lvm:vm-101-disk-0`, `nfs:101/vm-101-disk-0.qcow2`; a linked clone's own name comes last. */
const OWNER = /(?:vm|base|subvol)-(\d+)-[^/]*$/;

/** The guests whose disks a new one begins with. */
function ownersOf(input: CreateInput): number[] {
  const disks = input.type === "lxc" ? [] : input.disks;
  return disks.flatMap(({ importFrom = "" }) => {
    const vmid = OWNER.exec(importFrom)?.[1];
    return vmid === undefined ? [] : [Number(vmid)];
  });
}

/** Why disks of other guests may not be copied: what policy says of a clone of them; undefined when nothing stands against it. */
export async function sourceRefusal(ctx: Context, input: CreateInput) {
  const owners = ownersOf(input);
  if (owners.length === 0) return undefined;
  const [{ guests }, mode] = await Promise.all([
    readAll(ctx, { clusters: [input.cluster], fresh: true }),
    safeMode(ctx),
  ]);
  const question = { action: ACTIONS.clone, actor: ctx.actor, safeMode: mode, bulk: false, override: false };
  for (const guest of guests.filter(({ vmid }) => owners.includes(vmid))) {
    const { decision, code, reason } = decide({ ...question, guest });
    if (decision === "refused") return { code, because: reason };
  }
  return undefined;
}
