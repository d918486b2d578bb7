import type { Context } from "../context.ts";
import type { Guest } from "../inventory/index.ts";
import { Fault } from "../lib/fault.ts";
import { badInput } from "../lib/issues.ts";
import {
  bulkOrder,
  chooseGuests,
  permitted,
  planGuests,
  several,
  type GuestPlan,
} from "../operation/index.ts";
import { MIGRATE } from "./action.ts";
import { BulkInput } from "./bulk-input.ts";
import { learnAll, type Known } from "./bulk-learn.ts";
import { propose } from "./bulk-propose.ts";
import { isRestarted } from "./detail.ts";
import { unknownStorages } from "./target-storage.ts";

async function plan(ctx: Context, input: BulkInput): Promise<GuestPlan> {
  const chosen = await chooseGuests(ctx, MIGRATE, input.select);
  const manner = { action: MIGRATE, bulk: true, override: false };
  const restarted = (guest: Guest) => ({ restart: isRestarted(guest, input) });
  const { target } = input;
  // Who stays takes no room where the others go.
  const going = target === undefined ? await permitted(ctx, manner, chosen.guests, restarted) : chosen.guests;
  const known = await learnAll(ctx, going, input);
  const found = [...known.values()].flatMap((one) => one.nodes.map(({ name }) => name));
  if (target !== undefined && found.length > 0 && !found.includes(target))
    throw new Fault("missing", "node.missing", `No cluster of the chosen guests has a node ${target}.`);
  const unknown = unknownStorages(
    input,
    [...known.values()].flatMap((one) => one.nodes),
  );
  if (unknown.length > 0) throw badInput(unknown);
  const none: Known = { nodes: [], choices: new Map(), guests: new Map() };
  const intent = {
    ...manner,
    kind: "bulk.migrate",
    propose: (guest: Guest) => propose(guest, known.get(guest.cluster) ?? none, input),
  };
  return planGuests(ctx, intent, chosen);
}

/** Moves every guest that the selector chooses; to one node, or each to one that can take it. */
export const migrateAll = several({
  action: "bulk.migrate",
  permission: () => MIGRATE.name,
  input: BulkInput,
  plan,
  toOrder: (ctx, input, planned) =>
    bulkOrder(MIGRATE, input, planned, {
      // However many nodes they come from, one node takes in no more at once than it may start.
      pools:
        input.target === undefined
          ? []
          : [{ name: `migrate-to#{cluster}/${input.target}`, size: ctx.settings.nodeCap }],
    }),
});
