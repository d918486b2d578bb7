import type { Context } from "../context.ts";
import type { Change } from "../db/index.ts";
import { load, type Guest } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import {
  bulkOrder,
  chooseGuests,
  several,
  type GuestPlan,
  type Order,
  type Task,
} from "../operation/index.ts";
import { toPlan } from "../plan.ts";
import * as Policy from "../policy/index.ts";
import { ACTIONS } from "./actions.ts";
import { remembered, shrunken } from "./count.ts";
import { newestTasks, onlineOf, type Fleet } from "./newest-task.ts";
import { PruneInput } from "./prune-input.ts";
import { KIND, PrunePreview, shown } from "./prune-preview.ts";
import { prunePlan, sparesOf, type Fate } from "./prune-plan.ts";
import { readBackups } from "./read.ts";

const { delete: ACTION } = ACTIONS;

/** What becomes of a backup, and the node through which it is reached. */
type Placed = Fate & { readonly through: string; readonly spares: readonly string[] };

interface PrunePlan extends GuestPlan {
  readonly fates: readonly Placed[];
  /** What each storage holds once this is done. */
  readonly counts: readonly Change[];
}

/** A listing that lacks guests must not decide over backups. */
async function fleetOf(ctx: Context, cluster: string): Promise<Fleet> {
  const listing = await load(ctx, cluster);
  if (listing && listing.suspect === null) return { nodes: onlineOf(listing.nodes), guests: listing.guests };
  const since = listing ? ` since ${listing.suspect ?? ""}` : "";
  const detail = `Nothing is pruned: cluster ${cluster} shows far fewer guests than before${since}.`;
  throw new Fault("unreachable", "inventory.suspect", detail);
}

async function inCluster(ctx: Context, input: PruneInput, cluster: string, guests: readonly Guest[]) {
  const fleet = await fleetOf(ctx, cluster);
  const [{ backups, places, warnings }, newest, mode] = await Promise.all([
    readBackups(ctx, { cluster, storage: input.storage }),
    newestTasks(ctx, cluster, fleet),
    Policy.safeMode(ctx),
  ]);
  for (const { code, detail } of warnings) ctx.log.warn("prune", { cluster, code, detail });
  const heldBack = input.force ? () => undefined : await shrunken(ctx, cluster, backups);
  const refused = (guest: Guest) => {
    if (!fleet.nodes.includes(guest.node))
      return `node ${guest.node} is away, and with it how its newest backup came out`;
    const question = {
      action: ACTION,
      actor: ctx.actor,
      safeMode: mode,
      guest,
      bulk: true,
      override: input.override,
    };
    const verdict = Policy.decide(question);
    return verdict.decision === "refused" ? verdict.reason : undefined;
  };
  const { keep, timezone } = input;
  const now = ctx.clock.now();
  const about = { keep, timezone, now, newest, refused, shrunken: heldBack };
  const fates = prunePlan(guests, backups, about);
  const spared = sparesOf(fates);
  const placed = fates.map((fate): Placed => {
    const { storage, node } = fate.backup;
    const place = places.find((one) => one.storage === storage && (one.shared || one.node === node));
    return { ...fate, through: place?.node ?? fate.guest.node, spares: spared(fate) };
  });
  const going = new Set(fates.filter((fate) => !fate.keep).map(({ backup }) => backup.volid));
  return { fates: placed, counts: remembered(ctx, { cluster, places, backups, going, heldBack }) };
}

function toTask({ backup, guest, because, through, spares }: Placed): Task {
  const { volid, storage } = backup;
  const vm = { id: guest.id, name: guest.name, node: guest.node };
  const detail = { volid, storage, node: through, gone: false, spares };
  return { guest, item: { vm, action: ACTION.name, willRun: true, because, code: null, detail } };
}

/** What a prune would do to the backups of every guest that the selector chooses. */
export async function planPrune(ctx: Context, input: PruneInput): Promise<PrunePlan> {
  const chosen = await chooseGuests(ctx, ACTION, input.select);
  const groups = [...Map.groupBy(chosen.guests, ({ cluster }) => cluster)];
  const parts = await Promise.all(groups.map(([cluster, guests]) => inCluster(ctx, input, cluster, guests)));
  const fates = parts.flatMap((part) => part.fates);
  const tasks = [...fates.filter(({ keep }) => !keep).map(toTask), ...chosen.absent];
  return {
    ...toPlan(
      KIND,
      tasks.map(({ item }) => item),
      chosen.warnings,
    ),
    tasks,
    fates,
    counts: parts.flatMap((part) => part.counts),
  };
}

/** The order that such a plan becomes. */
export const toPruneOrder = (input: PruneInput, planned: PrunePlan): Order =>
  bulkOrder(ACTION, input, planned, {
    target: `${planned.summary.run} backups by selector`,
    override: input.override,
    afterwards: planned.counts,
  });

/** Thins out the backups of every guest that the selector chooses; a dry run tells of each backup what becomes of it and why. */
export const prune = several({
  action: ACTION.name,
  input: PruneInput,
  plan: planPrune,
  shown,
  preview: PrunePreview,
  toOrder: (_ctx, input, planned) => toPruneOrder(input, planned),
});
