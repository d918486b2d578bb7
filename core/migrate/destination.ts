import type { Guest } from "../inventory/index.ts";
import { chooseNode, place, type Candidate } from "../placement/index.ts";
import { hindrance, refusalOf, type Hindrance } from "./hindrance.ts";
import type { Manner } from "./input.ts";
import type { Facts } from "./learn.ts";
import { needsOf } from "./needs.ts";

/** Where a guest goes and why, or what is in the way. */
export type Destination = { readonly node: string; readonly candidates: readonly Candidate[] } | Hindrance;

/** The other nodes, each with why it can or cannot take the guest. Pure. */
export function candidatesOf(guest: Guest, { nodes, disks, said }: Facts, manner: Manner): Candidate[] {
  const others = nodes.filter(({ name }) => name !== guest.node);
  const { candidates } = place(others, needsOf(guest, disks, nodes, manner));
  return candidates.map((candidate) => {
    const why = candidate.fits && said ? refusalOf(said, candidate.node, manner) : undefined;
    return why === undefined ? candidate : { ...candidate, fits: false, because: why };
  });
}

/** What keeps the guest from any other node, as it is now and as it is to be moved; undefined for nothing. Pure. */
export function heldBy(guest: Guest, { said }: Pick<Facts, "said">, manner: Manner): Hindrance | undefined {
  if (guest.type === "lxc" && guest.status !== "stopped" && !manner.restart) {
    const because = `${guest.id} is a container and runs; with restart it is shut down, moved and started again`;
    return { code: "vm.running", because };
  }
  return said && hindrance(guest, said, manner, guest.haState !== null);
}

/** The node that is asked for, if it can take the guest, or the one that is chosen. Pure. */
export function destination(guest: Guest, facts: Facts, manner: Manner): Destination {
  const { target } = manner;
  const held = heldBy(guest, facts, manner);
  if (held) return held;
  if (target === guest.node) return { code: "vm.there", because: `${guest.id} is on ${target} already` };
  const { nodes, disks, said } = facts;
  const refusal = target !== undefined && said ? refusalOf(said, target, manner) : undefined;
  if (refusal !== undefined) return { code: "placement.unfit", because: `node ${target}: ${refusal}` };
  const known = candidatesOf(guest, facts, manner);
  const isOpen = (name: string) =>
    target !== undefined || known.some(({ node, fits }) => node === name && fits);
  const choice = chooseNode(
    target,
    needsOf(guest, disks, nodes, manner),
    nodes.filter(({ name }) => name !== guest.node && isOpen(name)),
  );
  if (!choice.problem) return { node: choice.node, candidates: target === undefined ? known : [] };
  if (target !== undefined) return choice.problem;
  const reasons = known.map(({ node, because }) => `${node}: ${because}`).join("; ");
  return { code: "placement.none", because: `no other node can take ${guest.id} (${reasons})` };
}
