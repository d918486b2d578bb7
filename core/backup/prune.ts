import type { Context } from "../context.ts";
import type { Change } from "../db/index.ts";
import { load, type Guest } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import { badInput } from "../lib/issues.ts";
import { bulkOrder, chooseGuests, several, type GuestPlan, type Order } from "../operation/index.ts";
import { toPlan } from "../plan.ts";
import * as Policy from "../policy/index.ts";
import { ACTIONS } from "./actions.ts";
import { remembered, shrunken } from "./count.ts";
import { newestTasks, onlineOf, type Fleet } from "./newest-task.ts";
import { PruneInput } from "./prune-input.ts";
import { KIND, PrunePreview, shown } from "./prune-preview.ts";
import { prunePlan, type Hold } from "./prune-plan.ts";
import { placed, toTasks, type Placed } from "./prune-tasks.ts";
import { survey } from "./survey.ts";

const { delete: ACTION } = ACTIONS;

interface PrunePlan extends GuestPlan {
  readonly fates: readonly Placed[];
  /** What each storage holds once this is done. */
  readonly counts: readonly Change[];
  /** Whether a guest was chosen: then an empty plan means that none of their backups has to go. */
  readonly idle: boolean;
}

/** A listing that lacks guests must not decide over backups. */
async function fleetOf(ctx: Context, cluster: string): Promise<Fleet> {
  const listing = await load(ctx, cluster);
  if (listing && listing.suspect === null) return { nodes: onlineOf(listing.nodes), guests: listing.guests };
  const since = listing ? ` since ${listing.suspect ?? ""}` : "";
  const detail = `Nothing is pruned: cluster ${cluster} shows far fewer guests than before${since}.`;
  throw new Fault("unreachable", "inventory.suspect", detail);
}

/** What policy says of each guest. */
async function judging(ctx: Context, { override }: PruneInput) {
  const safeMode = await Policy.safeMode(ctx);
  const question = { action: ACTION, actor: ctx.actor, safeMode, bulk: true, override };
  return (guest: Guest) => Policy.decide({ ...question, guest });
}

/** Why nothing of a guest may go. */
const refusing =
  ({ nodes }: Fleet, verdictOf: (guest: Guest) => Policy.Verdict) =>
  (guest: Guest): Hold | undefined => {
    const { decision, code, reason } = verdictOf(guest);
    if (decision === "refused") return { code, because: reason };
    const because = `node ${guest.node} is away, and with it how its newest backup came out`;
    return nodes.includes(guest.node) ? undefined : { code: "node.offline", because };
  };

async function inCluster(ctx: Context, input: PruneInput, cluster: string, guests: readonly Guest[]) {
  const fleet = await fleetOf(ctx, cluster);
  const [{ backups, places, warnings, known }, newest, verdictOf] = await Promise.all([
    survey(ctx, { cluster, storage: input.storage }),
    newestTasks(ctx, cluster, fleet),
    judging(ctx, input),
  ]);
  const heldBack = input.force ? () => undefined : await shrunken(ctx, cluster, backups);
  const { keep, timezone } = input;
  const refused = refusing(fleet, verdictOf);
  const about = { keep, timezone, now: ctx.clock.now(), newest, refused, shrunken: heldBack };
  const fates = prunePlan(guests, backups, about);
  const going = new Set(fates.filter((fate) => !fate.keep).map(({ backup }) => backup.volid));
  const counts = remembered(ctx, { cluster, places, backups, going, heldBack });
  return { fates: placed(fates, places, verdictOf), counts, warnings, known };
}

/** A storage that is nowhere holds nothing that could go; where storages do not tell, nobody knows whether it is. */
function requireStorage(
  { storage }: PruneInput,
  parts: readonly Pick<Awaited<ReturnType<typeof inCluster>>, "known">[],
): void {
  if (storage === undefined || parts.length === 0) return;
  if (parts.some(({ known }) => known.storages.includes(storage) || !known.whole)) return;
  const detail = `names ${storage}, which no cluster of the chosen guests has`;
  throw badInput([{ pointer: "/storage", code: "storage.missing", detail }]);
}

/** What a prune would do to the backups of every guest that the selector chooses. */
export async function planPrune(ctx: Context, input: PruneInput): Promise<PrunePlan> {
  const chosen = await chooseGuests(ctx, ACTION, input.select);
  const groups = [...Map.groupBy(chosen.guests, ({ cluster }) => cluster)];
  const parts = await Promise.all(groups.map(([cluster, guests]) => inCluster(ctx, input, cluster, guests)));
  requireStorage(input, parts);
  const fates = parts.flatMap((part) => part.fates);
  const tasks = [...toTasks(fates), ...chosen.absent];
  const items = tasks.map(({ item }) => item);
  const warnings = [...(chosen.warnings ?? []), ...parts.flatMap((part) => part.warnings)];
  return {
    ...toPlan(KIND, items, warnings),
    tasks,
    idle: chosen.guests.length > 0,
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
    ...(planned.idle ? { nothing: "no backup that is seen has to go" } : {}),
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
