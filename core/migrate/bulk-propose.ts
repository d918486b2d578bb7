import type { Guest } from "../inventory/index.ts";
import type { Proposal } from "../operation/index.ts";
import type { Node } from "../placement/index.ts";
import type { BulkInput } from "./bulk-input.ts";
import { factsOf, type Known } from "./bulk-learn.ts";
import { heldBy } from "./destination.ts";
import { planned } from "./detail.ts";
import { unknownStorages } from "./target-storage.ts";

/** Why a node that was named takes no guest at all, undefined when it does. */
function closed(target: string, found: readonly Node[], cluster: string) {
  const node = found.find(({ name }) => name === target);
  if (!node) return { code: "node.missing", because: `cluster ${cluster} has no node ${target}` };
  return node.online ? undefined : { code: "node.offline", because: `node ${target} is offline` };
}

/** What a migration of many would do to one of them, by what is known of its cluster. Pure. */
export function propose(guest: Guest, known: Known, input: BulkInput): Proposal {
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
