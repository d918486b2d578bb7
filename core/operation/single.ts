import * as Cluster from "../cluster/index.ts";
import type { Context } from "../context.ts";
import type * as z from "zod";
import { find, type Guest } from "../inventory/index.ts";
import { ProxmoxError, toFault, type Proxmox } from "../proxmox/index.ts";
import { verb } from "../verb.ts";
import { accept } from "./accept.ts";
import { planGuests, type GuestPlan, type Proposal } from "./guest-plan.ts";
import type { Pool } from "./operation.ts";
import { toLimits } from "./rate-control.ts";
import { Operation } from "./view.ts";

/** What the input of every change of one guest says beside what is to be changed. */
interface Target {
  readonly cluster: string;
  readonly vmid: number;
  readonly force: boolean;
  readonly lockWait?: number | undefined;
  readonly deadline?: number | undefined;
}

/** A guest as it was listed for this plan, and how to ask its cluster more. */
export interface Subject {
  readonly ctx: Context;
  readonly guest: Guest;
  readonly proxmox: Proxmox;
}

/** A change of one guest; `propose` says what would be done to it now, or why nothing. */
interface Definition<In extends z.ZodType<Target>> {
  readonly action: string;
  readonly input: In;
  readonly pools?: readonly Pool[];
  /** Whether it interrupts the guest's service, where that does not follow from the action. */
  readonly interrupts?: (guest: Guest, input: z.output<In>) => boolean;
  readonly propose: (subject: Subject, input: z.output<In>) => Promise<Proposal>;
}

async function proposed<In extends z.ZodType<Target>>(
  { propose }: Definition<In>,
  ctx: Context,
  guest: Guest,
  input: z.output<In>,
): Promise<Proposal> {
  try {
    return await propose({ ctx, guest, proxmox: await Cluster.connect(ctx, guest.cluster) }, input);
  } catch (error) {
    throw error instanceof ProxmoxError ? toFault(error) : error;
  }
}

/** A verb that changes one guest, which is looked up in Proxmox itself. */
export function single<In extends z.ZodType<Target>>(definition: Definition<In>) {
  const { action, input } = definition;
  const target = ({ cluster, vmid }: Target) => `${cluster}/${vmid}`;
  return verb<In, typeof Operation, GuestPlan>({
    action,
    effect: "write",
    tracked: true,
    single: true,
    input,
    output: Operation,
    target,
    async plan(ctx, given) {
      const guest = await find(ctx, given.cluster, given.vmid, true);
      const proposal = await proposed(definition, ctx, guest, given);
      const interrupts = () => definition.interrupts?.(guest, given) ?? false;
      const intent = { kind: action, action, bulk: false, force: given.force, interrupts };
      return planGuests(
        ctx,
        { ...intent, propose: () => proposal },
        { guests: [guest], absent: [], others: [] },
      );
    },
    run: (ctx, given, { tasks }) =>
      accept(ctx, {
        kind: action,
        action,
        tasks,
        target: target(given),
        input: given,
        bulk: false,
        force: given.force,
        limits: toLimits(given, 1),
        ...(definition.pools ? { pools: definition.pools } : {}),
      }),
  });
}
