import { chooseNode, type Choice } from "./choose.ts";
import type { Node } from "./node.ts";
import type { Needs } from "./place.ts";

/** A guest that has to leave its node. */
export interface Moving {
  readonly id: string;
  readonly node: string;
  readonly needs: Needs;
}

/** The node with so much more memory in use and so many more guests. */
const loaded = (node: Node, bytes: number, guests: number): Node => ({
  ...node,
  usedBytes: Math.max(0, node.usedBytes + bytes),
  promisedBytes: Math.max(0, node.promisedBytes + bytes),
  guests: node.guests + guests,
});

/** The nodes after the guest has gone from one to another. */
const after = (nodes: readonly Node[], { node: from, needs }: Moving, to: string) =>
  nodes.map((node) => {
    if (node.name === to) return loaded(node, needs.memoryBytes, 1);
    return node.name === from ? loaded(node, -needs.memoryBytes, -1) : node;
  });

const bySize = (one: Moving, other: Moving) =>
  other.needs.memoryBytes - one.needs.memoryBytes || (one.id < other.id ? -1 : 1);

/**
 * Chooses a node for each of several guests, never its own: the largest first, each with those before it where they
 * will be. Pure, and the same for the same guests in any order.
 */
export function spread(nodes: readonly Node[], guests: readonly Moving[]): ReadonlyMap<string, Choice> {
  const choices = new Map<string, Choice>();
  let now = nodes;
  for (const guest of guests.toSorted(bySize)) {
    const others = now.filter(({ name }) => name !== guest.node);
    const choice = chooseNode(undefined, guest.needs, others);
    choices.set(guest.id, choice);
    if (!choice.problem) now = after(now, guest, choice.node);
  }
  return choices;
}
