import * as z from "zod";
import type { Context } from "../context.ts";
import { textsOfSnapshots, volumesOf } from "../disk/index.ts";
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
import { snapshots, type Proxmox, type SnapshotEntry } from "../proxmox/index.ts";
import { Selection } from "../selector/index.ts";
import { storagesOf } from "../storage/index.ts";
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

/** A snapshot to go back to, and those that were taken after it. */
interface Target {
  readonly name: string;
  readonly newer: readonly string[];
}

/** Snapshots that were taken after one, the oldest first. */
function newerThan(entries: readonly SnapshotEntry[], name: string): string[] {
  const taken = entries.find((entry) => entry.name === name)?.snaptime ?? Infinity;
  return entries
    .filter(({ snaptime = -Infinity, name: other }) => other !== "current" && snaptime > taken)
    .toSorted((a, b) => (a.snaptime ?? 0) - (b.snaptime ?? 0))
    .map((entry) => entry.name);
}

/**
 * Why a guest does not go back past newer snapshots: ZFS goes back to the newest one of a disk only. One request, and where
 * there is ZFS one for each of these snapshots.
 */
async function zfsObstacle(ctx: Context, proxmox: Proxmox, guest: Guest, { name, newer }: Target) {
  const { storages } = await storagesOf(ctx, guest.cluster);
  const onZfs = new Set(storages.filter(({ type }) => type === "zfspool").map(({ storage }) => storage));
  if (onZfs.size === 0) return undefined;
  const volumes = volumesOf({}, await textsOfSnapshots(proxmox, guest, [name, ...newer]));
  for (const { volid, storage, kind, snapshots: taken } of volumes) {
    const later = newer.filter((one) => taken.includes(one));
    if (kind !== "disk" || !onZfs.has(storage) || !taken.includes(name) || later.length === 0) continue;
    const because = `${guest.id}: ${volid} lies on ZFS, which goes back to the newest snapshot only; ${later.join(", ")} would have to be deleted first`;
    return { code: "snapshot.newer", because };
  }
  return undefined;
}

/** Brings one guest back to a snapshot. */
export const rollBackOne = single({
  action: ACTION,
  input: One,
  async propose({ ctx, guest, proxmox }, input) {
    const entries = await snapshots(proxmox, guest);
    named(entries, guest, input.name);
    const newer = newerThan(entries, input.name);
    const held =
      newer.length > 0 ? await zfsObstacle(ctx, proxmox, guest, { name: input.name, newer }) : undefined;
    if (held) return { run: false, ...held };
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
