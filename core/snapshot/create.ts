import * as z from "zod";
import type { Guest } from "../inventory/index.ts";
import { ClusterId, Vmid } from "../lib/field.ts";
import { drivesOf } from "../disk/index.ts";
import { RateControl, single, type Proposal } from "../operation/index.ts";
import { canSnapshot, snapshots, type Proxmox } from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";
import { propose, SnapshotParams, unsupported } from "./propose.ts";

const Input = z.strictObject({
  cluster: ClusterId,
  vmid: Vmid,
  ...SnapshotParams.shape,
  override: z.boolean().default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
});

/** Why no snapshot can be taken of a guest, by what Proxmox says at this moment. */
async function obstacle(proxmox: Proxmox, guest: Guest, name: string) {
  if (!(await canSnapshot(proxmox, guest))) return unsupported(guest, await drivesOf(proxmox, guest));
  const taken = (await snapshots(proxmox, guest)).some((entry) => entry.name === name);
  if (!taken) return undefined;
  const because = `${guest.id} has a snapshot ${name} already`;
  return { run: false as const, code: "snapshot.exists", because };
}

/** Takes a snapshot of one guest. */
export const create = single({
  action: ACTIONS.create,
  input: Input,
  async propose({ ctx, guest, proxmox }, input): Promise<Proposal> {
    const proposal = propose(ctx, input)(guest);
    const reason = proposal.run ? await obstacle(proxmox, guest, proposal.detail.name) : undefined;
    return reason ?? proposal;
  },
});
