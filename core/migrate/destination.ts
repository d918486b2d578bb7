import type { Guest } from "../inventory/index.ts";
import { chooseNode, place, type Candidate } from "../placement/index.ts";
import { hindrance, isManaged, refusalOf } from "./hindrance.ts";
import type { Manner } from "./input.ts";
import { localVolumes, typesOn, type Facts } from "./learn.ts";
import { isLocal, needsOf } from "./needs.ts";
import { heldByVolumes, type Hindrance } from "./volumes.ts";

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
export function heldBy(guest: Guest, facts: Facts, manner: Manner): Hindrance | undefined {
  const { said, mounts } = facts;
  if (guest.type === "lxc" && guest.status === "running" && !manner.restart) {
    const because = `${guest.id} is a container and runs; with restart it is shut down, moved and started again`;
    return { code: "vm.running", because };
  }
  const running = said?.running ?? guest.status !== "stopped";
  const local = localVolumes(guest, facts);
  const volumes = heldByVolumes({ ...guest, running }, local, manner, typesOn(facts.nodes));
  return hindrance({ id: guest.id, managed: isManaged(guest.haState), mounts, said, volumes }, manner);
}

/** Disks of shared storage stay there: to be asked to send them elsewhere, and not do it, would be a lie. Pure. */
function misdirected(
  guest: Guest,
  { nodes, disks }: Facts,
  { targetStorage }: Manner,
): Hindrance | undefined {
  if (targetStorage === undefined) return undefined;
  const storages = [
    ...new Set(disks.flatMap(({ kind, storage }) => (kind === "cd-rom" ? [] : (storage ?? [])))),
  ];
  const shared = storages.filter((storage) => !isLocal(nodes, storage));
  const named = typeof targetStorage === "string" ? [] : shared.filter((storage) => storage in targetStorage);
  const stay = typeof targetStorage === "string" && shared.length === storages.length ? shared : named;
  if (stay.length === 0) return undefined;
  const because = `the disks of ${guest.id} on ${stay.join(", ")} stay there, which is shared: move-disk moves them`;
  return { code: "migrate.shared-storage", because };
}

/** The node that is asked for, if it can take the guest, or the one that is chosen. Pure. */
export function destination(guest: Guest, facts: Facts, manner: Manner): Destination {
  const { target } = manner;
  const held = heldBy(guest, facts, manner) ?? misdirected(guest, facts, manner);
  if (held) return held;
  if (target === guest.node) return { code: "vm.there", because: `${guest.id} is on ${target} already` };
  const { nodes, disks, said } = facts;
  const known = candidatesOf(guest, facts, manner);
  const needs = needsOf(guest, disks, nodes, manner);
  if (target !== undefined) {
    const refusal = said && refusalOf(said, target, manner);
    if (refusal !== undefined) return { code: "placement.unfit", because: `node ${target}: ${refusal}` };
    const { node, problem } = chooseNode(target, needs, nodes);
    return problem ?? { node, candidates: [] };
  }
  const open = nodes.filter(({ name }) => known.some(({ node, fits }) => node === name && fits));
  const { node, problem } = chooseNode(undefined, needs, open);
  if (!problem) return { node, candidates: known };
  const reasons = known.map(({ node, because }) => `${node}: ${because}`).join("; ");
  return { code: "placement.none", because: `no other node can take ${guest.id} (${reasons})` };
}
