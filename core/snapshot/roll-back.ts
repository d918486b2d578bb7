import * as z from "zod";
import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { ClusterId, Vmid } from "../lib/field.ts";
import {
  bulkOrder,
  chooseGuests,
  planGuests,
  RateControl,
  several,
  single,
  type GuestPlan,
  type Proposal,
} from "../operation/index.ts";
import { snapshots, type SnapshotEntry } from "../proxmox/index.ts";
import { Selection } from "../selector/index.ts";
import { ACTIONS } from "./actions.ts";
import { named } from "./ask.ts";
import { lookAt } from "./look.ts";
import { SnapshotName } from "./name.ts";
import { hindrance } from "./rolling-back.ts";

const { rollback: ACTION } = ACTIONS;
const shape = { name: SnapshotName, start: z.boolean().default(false), override: z.boolean().default(false) };

const One = z.strictObject({
  cluster: ClusterId,
  vmid: Vmid,
  ...shape,
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
});
const Many = z.strictObject({ select: Selection, ...shape, ...RateControl });
type Wanted = z.infer<z.ZodObject<typeof shape>>;

function propose(
  ctx: Context,
  { name, start }: Wanted,
  guest: Guest,
  entries: readonly SnapshotEntry[] | undefined,
): Proposal {
  const obstacle = entries && hindrance(entries, name);
  if (obstacle) return { run: false, code: obstacle.code, because: `${guest.id}: ${obstacle.reason}` };
  const snaptime = entries?.find((entry) => entry.name === name)?.snaptime ?? null;
  const plannedAt = ctx.clock.now().toISOString();
  const because = `${guest.id} goes back to ${name}${start ? " and is started" : ""}; what was written since is lost`;
  return { run: true, because, detail: { name, start, snaptime, plannedAt } };
}

/** Brings one guest back to a snapshot. */
export const rollBackOne = single({
  action: ACTION,
  input: One,
  async propose({ ctx, guest, proxmox }, input) {
    const entries = await snapshots(proxmox, guest);
    named(entries, guest, input.name);
    return propose(ctx, input, guest, entries);
  },
});

async function planMany(ctx: Context, input: z.infer<typeof Many>): Promise<GuestPlan> {
  const chosen = await chooseGuests(ctx, ACTION, input.select);
  const seen = await lookAt(ctx, chosen.guests);
  const intent = { kind: "bulk.rollback", action: ACTION, bulk: true, override: input.override };
  const one = (guest: Guest) => propose(ctx, input, guest, seen.get(guest.id));
  return planGuests(ctx, { ...intent, propose: one }, chosen);
}

/** Brings every guest that the selector chooses back to its snapshot of that name. */
export const rollBackMany = several({
  action: ACTION.name,
  input: Many,
  plan: planMany,
  toOrder: (_, input, planned) => bulkOrder(ACTION, input, planned, { override: input.override }),
});
