import type { Node } from "./node.ts";
import { obstacle, place, type Candidate, type Needs } from "./place.ts";

/** Where a guest goes, why, and what is in the way. */
export interface Choice {
  readonly node: string;
  readonly candidates: readonly Candidate[];
  readonly problem?: { readonly code: string; readonly because: string };
}

/** The node that is asked for, if it can take the guest, or the one that is chosen. */
export function chooseNode(wanted: string | undefined, needs: Needs, nodes: readonly Node[]): Choice {
  const asked = nodes.find(({ name }) => name === wanted);
  if (asked) {
    // Whoever names a node knows best how full it may be; what it does not have, it cannot give.
    const storages = needs.storages.map((one) => ({ ...one, bytes: 0 }));
    const why = obstacle({ ...asked, maintenance: false }, { ...needs, memoryBytes: 0, storages });
    const because = `node ${asked.name}: ${why}`;
    const none = { node: asked.name, candidates: [] };
    if (why === undefined) return none;
    return { ...none, problem: { code: asked.online ? "placement.unfit" : "node.offline", because } };
  }
  const { node, candidates } = place(nodes, needs);
  if (node !== undefined) return { node, candidates };
  const reasons = candidates.map((one) => `${one.node}: ${one.because}`).join("; ");
  const problem = { code: "placement.none", because: `no node can take the guest (${reasons})` };
  return { node: nodes[0]?.name ?? "", candidates, problem };
}
