import * as z from "zod";
import type { Context } from "../context.ts";
import { find, type Guest } from "../inventory/index.ts";
import { ClusterId, Vmid } from "../lib/field.ts";
import {
  accept,
  chooseGuests,
  Operation,
  planGuests,
  RateControl,
  toLimits,
  type GuestPlan,
  type Proposal,
} from "../operation/index.ts";
import type { SnapshotEntry } from "../proxmox/index.ts";
import { Selection } from "../selector/index.ts";
import { verb } from "../verb.ts";
import { ask, named } from "./ask.ts";
import { lookAt } from "./look.ts";
import { SnapshotName } from "./name.ts";
import { hindrance } from "./rolling-back.ts";

const ACTION = "snapshot.rollback";
const shape = { name: SnapshotName, start: z.boolean().default(false), force: z.boolean().default(false) };

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
export const rollBackOne = verb<typeof One, typeof Operation, GuestPlan>({
  action: ACTION,
  effect: "write",
  tracked: true,
  single: true,
  input: One,
  output: Operation,
  target: (input) => `${input.cluster}/${input.vmid}`,
  async plan(ctx, input) {
    const guest = await find(ctx, input.cluster, input.vmid, true);
    const entries = await ask(ctx, guest);
    named(entries, guest, input.name);
    const intent = { kind: ACTION, action: ACTION, bulk: false, force: input.force };
    const chosen = { guests: [guest], absent: [], others: [] };
    return planGuests(ctx, { ...intent, propose: () => propose(ctx, input, guest, entries) }, chosen);
  },
  run: (ctx, input, { tasks }) =>
    accept(ctx, {
      kind: ACTION,
      action: ACTION,
      tasks,
      target: `${input.cluster}/${input.vmid}`,
      input,
      bulk: false,
      force: input.force,
      limits: toLimits(input, 1),
    }),
});

async function planMany(ctx: Context, input: z.infer<typeof Many>): Promise<GuestPlan> {
  const chosen = await chooseGuests(ctx, ACTION, input.select);
  const seen = await lookAt(ctx, chosen.guests);
  const intent = { kind: "bulk.rollback", action: ACTION, bulk: true, force: input.force };
  const one = (guest: Guest) => propose(ctx, input, guest, seen.get(guest.id));
  return planGuests(ctx, { ...intent, propose: one }, chosen);
}

/** Brings every guest that the selector chooses back to its snapshot of that name. */
export const rollBackMany = verb<typeof Many, typeof Operation, GuestPlan>({
  action: ACTION,
  effect: "write",
  tracked: true,
  single: false,
  input: Many,
  output: Operation,
  target: () => "guests by selector",
  plan: planMany,
  run: (ctx, input, planned) =>
    accept(ctx, {
      kind: planned.kind,
      action: ACTION,
      tasks: planned.tasks,
      target: `${planned.tasks.length} guests by selector`,
      input,
      bulk: true,
      force: input.force,
      limits: toLimits(input, planned.summary.run),
    }),
});
