import * as z from "zod";
import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import { find, type Guest } from "../inventory/index.ts";
import { ClusterId, Vmid } from "../lib/field.ts";
import { accept, Operation, planGuests, RateControl, toLimits, type GuestPlan } from "../operation/index.ts";
import { canSnapshot, ProxmoxError, toFault } from "../proxmox/index.ts";
import { verb } from "../verb.ts";
import { ask } from "./ask.ts";
import { propose, SnapshotParams } from "./propose.ts";

const Input = z.strictObject({
  cluster: ClusterId,
  vmid: Vmid,
  ...SnapshotParams.shape,
  force: z.boolean().default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
});
type Input = z.infer<typeof Input>;

/** Why no snapshot can be taken of a guest, by what Proxmox says at this moment. */
async function obstacle(ctx: Context, guest: Guest, name: string) {
  const proxmox = await Cluster.connect(ctx, guest.cluster);
  const able = await canSnapshot(proxmox, guest).catch((error: unknown) => {
    throw error instanceof ProxmoxError ? toFault(error) : error;
  });
  if (!able)
    return {
      code: "snapshot.unsupported",
      because: `the storage of a disk of ${guest.id} cannot take snapshots`,
    };
  const taken = (await ask(ctx, guest)).some((entry) => entry.name === name);
  return taken
    ? { code: "snapshot.exists", because: `${guest.id} has a snapshot ${name} already` }
    : undefined;
}

async function plan(ctx: Context, input: Input): Promise<GuestPlan> {
  const guest = await find(ctx, input.cluster, input.vmid, true);
  const proposal = propose(ctx, input)(guest);
  const reason = proposal.run ? await obstacle(ctx, guest, proposal.detail.name) : undefined;
  const intent = {
    kind: "snapshot.create",
    action: "snapshot.create",
    bulk: false,
    force: input.force,
    propose: () => (reason ? { run: false as const, ...reason } : proposal),
  };
  return planGuests(ctx, intent, { guests: [guest], absent: [], others: [] });
}

/** Takes a snapshot of one guest. */
export const create = verb<typeof Input, typeof Operation, GuestPlan>({
  action: "snapshot.create",
  effect: "write",
  tracked: true,
  single: true,
  input: Input,
  output: Operation,
  target: (input) => `${input.cluster}/${input.vmid}`,
  plan,
  run: (ctx, input, { tasks }) =>
    accept(ctx, {
      kind: "snapshot.create",
      action: "snapshot.create",
      tasks,
      target: `${input.cluster}/${input.vmid}`,
      input,
      bulk: false,
      force: input.force,
      limits: toLimits(input, 1),
    }),
});
