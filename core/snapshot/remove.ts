import * as z from "zod";
import type { Context } from "../context.ts";
import { find, type Guest } from "../inventory/index.ts";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { accept, Operation, planGuests, RateControl, toLimits, type GuestPlan } from "../operation/index.ts";
import type { SnapshotEntry } from "../proxmox/index.ts";
import { verb } from "../verb.ts";
import { ask, named } from "./ask.ts";
import { SnapshotName } from "./name.ts";
import { fateOf, meant, targetOf, type Target } from "./targets.ts";

/** A glob over the names of snapshots, whose case matters. */
export const Match = z
  .string()
  .min(1)
  .max(60)
  .regex(/^[A-Za-z0-9_*?-]+$/, "must be a name or a glob such as auto-*");

const shape = {
  cluster: ClusterId,
  vmid: Vmid,
  force: Flag.default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
};
const One = z.strictObject({ ...shape, name: SnapshotName });
const Several = z.strictObject({ ...shape, match: Match });
type Common = z.infer<z.ZodObject<typeof shape>>;

/** What a deletion of these would do: those that are held stay, with the reason. */
export function proposeRemoval(
  ctx: Context,
  guest: Guest,
  targets: readonly Target[],
  entries: readonly SnapshotEntry[],
) {
  const fates = targets.map((target) => ({ target, fate: fateOf(target, entries, ctx.clock.now()) }));
  const going = fates.filter(({ fate }) => fate.act === "delete").map(({ target }) => target);
  const reasons = fates.flatMap(({ fate }) => (fate.act === "leave" ? [fate] : []));
  const because = reasons.map(({ reason }) => reason).join("; ");
  if (going.length > 0) {
    const names = going.map(({ name }) => name).join(", ");
    return {
      run: true as const,
      because: `deletes ${names}${because === "" ? "" : `; ${because}`}`,
      detail: { targets: going },
    };
  }
  const [first] = reasons;
  if (first) return { run: false as const, code: first.code, because };
  return { run: false as const, code: "snapshot.missing", because: `${guest.id} has no such snapshot` };
}

async function planOf(
  ctx: Context,
  input: Common,
  choose: (guest: Guest, entries: readonly SnapshotEntry[]) => readonly Target[],
): Promise<GuestPlan> {
  const guest = await find(ctx, input.cluster, input.vmid, true);
  const entries = await ask(ctx, guest);
  const propose = () => proposeRemoval(ctx, guest, choose(guest, entries), entries);
  const intent = {
    kind: "snapshot.delete",
    action: "snapshot.delete",
    bulk: false,
    force: input.force,
    propose,
  };
  return planGuests(ctx, intent, { guests: [guest], absent: [], others: [] });
}

const run = (ctx: Context, input: Common, { tasks }: GuestPlan) =>
  accept(ctx, {
    kind: "snapshot.delete",
    action: "snapshot.delete",
    tasks,
    target: `${input.cluster}/${input.vmid}`,
    input,
    bulk: false,
    force: input.force,
    limits: toLimits(input, 1),
  });

const common = {
  action: "snapshot.delete",
  effect: "write",
  tracked: true,
  single: true,
  output: Operation,
  target: (input: Common) => `${input.cluster}/${input.vmid}`,
  run,
} as const;

/** Deletes one snapshot of a guest. */
export const remove = verb<typeof One, typeof Operation, GuestPlan>({
  ...common,
  input: One,
  plan: (ctx, input) => planOf(ctx, input, (guest, entries) => [targetOf(named(entries, guest, input.name))]),
});

/** Deletes the snapshots of a guest whose names fit a pattern, one after the other. */
export const removeMatching = verb<typeof Several, typeof Operation, GuestPlan>({
  ...common,
  input: Several,
  plan: (ctx, input) =>
    planOf(ctx, input, (_, entries) => {
      return meant(entries, {
        match: input.match,
        before: new Date(ctx.clock.now().getTime() + 1000).toISOString(),
      });
    }),
});
