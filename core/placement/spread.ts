import { chooseNode, type Choice } from "./choose.ts";
import type { Node } from "./node.ts";
import type { Needs } from "./place.ts";

/** A guest that has to leave its node. */
export interface Moving {
  readonly id: string;
  readonly node: string;
  readonly needs: Needs;
}

/**
 * The nodes after the guest has gone from one to another. What it leaves is not counted as free: it may be less than it
 * might have used, and whoever goes there may come first.
 */
const after = (nodes: readonly Node[], { node: from, needs: { memoryBytes } }: Moving, to: string) =>
  nodes.map((node): Node => {
    const { usedBytes, promisedBytes, guests } = node;
    const loaded = { usedBytes: usedBytes + memoryBytes, promisedBytes: promisedBytes + memoryBytes };
    if (node.name === to) return { ...node, ...loaded, guests: guests + 1 };
    if (node.name !== from) return node;
    return { ...node, promisedBytes: Math.max(0, promisedBytes - memoryBytes), guests: guests - 1 };
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
