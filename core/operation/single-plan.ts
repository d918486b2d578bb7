import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import { find, type Guest } from "../inventory/index.ts";
import type { Action } from "../policy/index.ts";
import { asFault, type Proxmox } from "../proxmox/index.ts";
import { planGuests, type GuestPlan, type Proposal } from "./guest-plan.ts";

/** Which guest a call is for; `override` sets aside rules that allow it. */
export interface Target {
  readonly cluster: string;
  readonly vmid: number;
  readonly override: boolean;
}

/** A guest as it was listed for this plan, and how to ask its cluster more. */
export interface Subject {
  readonly ctx: Context;
  readonly guest: Guest;
  readonly proxmox: Proxmox;
}

/** What is to be done to one guest; `propose` says what that would be now, or why nothing. */
export interface Proposing<Given extends Target> {
  readonly action: Action;
  readonly propose: (subject: Subject, input: Given) => Promise<Proposal>;
}

/** As the audit log names a guest. */
export const targetOf = ({ cluster, vmid }: Target) => `${cluster}/${vmid}`;

async function proposed<Given extends Target>(
  { propose }: Proposing<Given>,
  ctx: Context,
  guest: Guest,
  input: Given,
): Promise<Proposal> {
  return propose({ ctx, guest, proxmox: await Cluster.connect(ctx, guest.cluster) }, input);
}

/** The plan for one guest, which is looked up in Proxmox itself. */
export async function planSingle<Given extends Target>(
  definition: Proposing<Given>,
  ctx: Context,
  input: Given,
): Promise<GuestPlan> {
  const guest = await find(ctx, input.cluster, input.vmid, true);
  const proposal = await proposed(definition, ctx, guest, input).catch(asFault);
  const { action } = definition;
  const intent = { kind: action.name, action, bulk: false, override: input.override };
  return planGuests(ctx, { ...intent, propose: () => proposal }, { guests: [guest], absent: [], others: [] });
}
