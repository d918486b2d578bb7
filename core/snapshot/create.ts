import * as z from "zod";
import type { Guest } from "../inventory/index.ts";
import { ClusterId, Vmid } from "../lib/field.ts";
import { drivesOf } from "../disk/index.ts";
import { RateControl, single, type Proposal } from "../operation/index.ts";
import { canSnapshot, snapshots, type Proxmox } from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";
import { nextFree } from "./name.ts";
import { propose, SnapshotParams, unsupported } from "./propose.ts";

const Input = z.strictObject({
  cluster: ClusterId,
  vmid: Vmid,
  ...SnapshotParams.shape,
  override: z.boolean().default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
});

type Wanted = Extract<ReturnType<ReturnType<typeof propose>>, { run: true }>;

/** The snapshot that can be taken of a guest, or why none can, by what Proxmox says at this moment. */
async function possible(proxmox: Proxmox, guest: Guest, wanted: Wanted): Promise<Proposal> {
  const { name, patterned } = wanted.detail;
  if (!(await canSnapshot(proxmox, guest))) return unsupported(guest, await drivesOf(proxmox, guest));
  const taken = new Set((await snapshots(proxmox, guest)).map((entry) => entry.name));
  if (!taken.has(name)) return wanted;
  if (patterned) {
    const free = nextFree(name, taken);
    const because = wanted.because.replace(`snapshot ${name}`, `snapshot ${free}`);
    return { ...wanted, because, detail: { ...wanted.detail, name: free } };
  }
  const because = `${guest.id} has a snapshot ${name} already`;
  return { run: false as const, code: "snapshot.exists", because };
}

/** Takes a snapshot of one guest. */
export const create = single({
  action: ACTIONS.create,
  input: Input,
  async propose({ ctx, guest, proxmox }, input): Promise<Proposal> {
    const proposal = propose(ctx, input)(guest);
    return proposal.run ? possible(proxmox, guest, proposal) : proposal;
  },
});
