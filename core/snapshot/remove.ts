import * as z from "zod";
import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { ClusterId, Flag, Vmid } from "../lib/field.ts";
import { RateControl, single, type Proposal } from "../operation/index.ts";
import { snapshots, type SnapshotEntry } from "../proxmox/index.ts";
import { ACTIONS } from "./actions.ts";
import { named } from "./ask.ts";
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
  override: Flag.default(false),
  lockWait: RateControl.lockWait,
  deadline: RateControl.deadline,
};
const One = z.strictObject({ ...shape, name: SnapshotName });
const Several = z.strictObject({ ...shape, match: Match });

/** What a deletion of these would do: those that are held stay, with the reason. */
export function proposeRemoval(
  ctx: Context,
  guest: Guest,
  targets: readonly Target[],
  entries: readonly SnapshotEntry[],
): Proposal {
  const fates = targets.map((target) => ({ target, fate: fateOf(target, entries, ctx.clock.now()) }));
  const going = fates.filter(({ fate }) => fate.act === "delete").map(({ target }) => target);
  const left = fates.flatMap(({ target: { name }, fate }) =>
    fate.act === "leave" ? [{ name, code: fate.code, reason: fate.reason }] : [],
  );
  const because = left.map(({ reason }) => reason).join("; ");
  if (going.length > 0) {
    const names = going.map(({ name }) => name).join(", ");
    return {
      run: true,
      because: `deletes ${names}${because === "" ? "" : `; ${because}`}`,
      detail: { targets: going, left },
    };
  }
  const [first] = left;
  if (first) return { run: false, code: first.code, because };
  return { run: false, code: "snapshot.missing", because: `${guest.id} has no such snapshot` };
}

/** Deletes one snapshot of a guest. */
export const remove = single({
  action: ACTIONS.delete,
  input: One,
  async propose({ ctx, guest, proxmox }, input) {
    const entries = await snapshots(proxmox, guest);
    return proposeRemoval(ctx, guest, [targetOf(named(entries, guest, input.name))], entries);
  },
});

/** Deletes the snapshots of a guest whose names fit a pattern, one after the other. */
export const removeMatching = single({
  action: ACTIONS.delete,
  input: Several,
  async propose({ ctx, guest, proxmox }, { match }) {
    const entries = await snapshots(proxmox, guest);
    const before = new Date(ctx.clock.now().getTime() + 1000).toISOString();
    return proposeRemoval(ctx, guest, meant(entries, { match, before }), entries);
  },
});
