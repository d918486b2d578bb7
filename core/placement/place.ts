import type { Node } from "./node.ts";

/** What a new guest needs of its node. `storages` with what is to lie on each, `images` or `iso`. */
export interface Needs {
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly storages: readonly {
    readonly storage: string;
    readonly content: string;
    readonly bytes: number;
  }[];
}

/** What was found of one node, in words. */
export interface Candidate {
  readonly node: string;
  readonly fits: boolean;
  readonly because: string;
}

/** Which node is taken, undefined where none fits, and why each was or was not. */
export interface Placement {
  readonly node: string | undefined;
  readonly candidates: readonly Candidate[];
}

/** Proxmox itself, and whatever comes with a guest, need some memory too. */
const FULL = 0.95;
const GIB = 1024 ** 3;

const gib = (bytes: number) => `${Math.round((bytes / GIB) * 10) / 10} GiB`;

function storageObstacle(node: Node, { storages }: Needs): string | undefined {
  for (const { storage, content, bytes } of storages) {
    const there = node.storages.find((one) => one.storage === storage);
    if (!there) return `it has no storage ${storage}`;
    if (!there.active) return `storage ${storage} is not active there`;
    if (!there.content.includes(content)) return `storage ${storage} takes no ${content}`;
    if (bytes > 0 && there.freeBytes !== undefined && there.freeBytes < bytes)
      return `storage ${storage} has ${gib(there.freeBytes)} free, and ${gib(bytes)} are needed`;
  }
  return undefined;
}

/** Why a guest cannot go to a node; undefined when it can. */
export function obstacle(node: Node, needs: Needs): string | undefined {
  if (!node.online) return "it is offline";
  if (node.maintenance) return "it is in maintenance";
  if (needs.cpus > node.cpus) return `it has ${node.cpus} CPUs, and ${needs.cpus} are needed`;
  const free = Math.floor(node.memoryBytes * FULL) - node.usedBytes;
  if (needs.memoryBytes > 0 && free < needs.memoryBytes)
    return `it has ${gib(Math.max(0, free))} of memory to give, and ${gib(needs.memoryBytes)} are needed`;
  return storageObstacle(node, needs);
}

/** The share of a node's memory that would be promised, or is used already, with this guest. */
const load = (node: Node, { memoryBytes }: Needs) =>
  (Math.max(node.promisedBytes, node.usedBytes) + memoryBytes) / Math.max(1, node.memoryBytes);

/**
 * Chooses a node: of those that can take the guest the one whose memory is promised least, then the one with the
 * fewest guests, then by name. Pure, and the same for the same nodes in any order.
 */
export function place(nodes: readonly Node[], needs: Needs): Placement {
  const judged = nodes.map((node) => ({ node, why: obstacle(node, needs), load: load(node, needs) }));
  const best = judged
    .filter(({ why }) => why === undefined)
    .toSorted(
      (a, b) => a.load - b.load || a.node.guests - b.node.guests || (a.node.name < b.node.name ? -1 : 1),
    )
    .at(0)?.node.name;
  const candidates = judged
    .map(({ node, why, load: share }) => ({
      node: node.name,
      fits: why === undefined,
      because:
        why ?? `${Math.round(share * 100)} % of its memory would be promised, to ${node.guests + 1} guests`,
    }))
    .toSorted((a, b) => (a.node < b.node ? -1 : 1));
  return { node: best, candidates };
}
