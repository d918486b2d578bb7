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
  type Proposal,
} from "../operation/index.ts";
import type { Node } from "../placement/index.ts";
import { MIGRATE } from "./action.ts";
import { BulkInput } from "./bulk-input.ts";
import { factsOf, learnAll, type Known } from "./bulk-learn.ts";
import { heldBy } from "./destination.ts";
import { isRestarted, planned } from "./detail.ts";
import { unknownStorages } from "./target-storage.ts";

/** Why a node that was named takes no guest at all, undefined when it does. */
function closed(target: string, found: readonly Node[], cluster: string) {
  const node = found.find(({ name }) => name === target);
  if (!node) return { code: "node.missing", because: `cluster ${cluster} has no node ${target}` };
  return node.online ? undefined : { code: "node.offline", because: `node ${target} is offline` };
}

function propose(guest: Guest, known: Known, input: BulkInput): Proposal {
  const { nodes: found, choices } = known;
  const { target } = input;
  const held = heldBy(guest, factsOf(guest, known), input);
  if (held) return { run: false, ...held };
  const [lack] = unknownStorages(input, found);
  if (lack)
    return {
      run: false,
      code: lack.code,
      because: `${lack.pointer} ${lack.detail} in cluster ${guest.cluster}`,
    };
  const go = (node: string, why: string): Proposal => {
    const because = `${guest.id} was ${guest.status} on ${guest.node}, and goes to ${node}${why}`;
    return { run: true, because, detail: planned(guest, input, node) };
  };
  if (target === undefined) {
    const choice = choices.get(guest.id);
    if (!choice || choice.problem) return { run: false, ...(choice?.problem ?? NOWHERE) };
    const chosen = choice.candidates.find(({ node }) => node === choice.node);
    return go(choice.node, chosen ? `: ${chosen.because}` : "");
  }
  const problem = closed(target, found, guest.cluster);
  if (problem) return { run: false, ...problem };
  if (target === guest.node)
    return { run: false, code: "vm.there", because: `${guest.id} is on ${target} already` };
  return go(target, "");
}

const NOWHERE = { code: "placement.none", because: "no other node can take it" };

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
