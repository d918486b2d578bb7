import type { Node } from "./node.ts";

/** What a new guest needs of its node. `storages` with what is to lie on each, `images` or `iso`; `any` where that does not matter. */
export interface Needs {
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly storages: readonly {
    readonly storage: string;
    readonly content: string;
    readonly bytes: number;
  }[];
  /** What else it has to find there, such as an ISO image or a bridge, and the nodes that have it. */
  readonly things?: readonly { readonly name: string; readonly nodes: readonly string[] }[];
}

/** What is needed of each storage for each purpose, in one sum. Pure. */
export function summed(wanted: Needs["storages"]): Needs["storages"] {
  const sums = Map.groupBy(wanted, ({ storage, content }) => `${storage} ${content}`);
  return [...sums.values()].flatMap(([first, ...rest]) =>
    first ? [{ ...first, bytes: rest.reduce((total, { bytes }) => total + bytes, first.bytes) }] : [],
  );
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
/** Shares of memory that differ by less are about the same. */
const STEP = 0.1;
const GIB = 1024 ** 3;

const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);
const gib = (bytes: number) => `${Math.round((bytes / GIB) * 10) / 10} GiB`;

function storageObstacle(node: Node, { storages }: Needs): string | undefined {
  for (const { storage, content, bytes } of storages) {
    const there = node.storages.find((one) => one.storage === storage);
    if (!there) return `it has no storage ${storage}`;
    if (!there.active) return `storage ${storage} is not active there`;
    if (content !== "any" && !there.content.includes(content))
      return `storage ${storage} takes no ${content}`;
    if (bytes > 0 && there.freeBytes !== undefined && there.freeBytes < bytes)
      return `storage ${storage} has ${gib(there.freeBytes)} free, and ${gib(bytes)} are needed`;
  }
  return undefined;
}

function memoryObstacle({ memoryBytes: all, usedBytes }: Node, { memoryBytes }: Needs): string | undefined {
  if (all === undefined || memoryBytes === 0) return undefined;
  const free = Math.floor(all * FULL) - usedBytes;
  return free < memoryBytes
    ? `it has ${gib(Math.max(0, free))} of memory to give, and ${gib(memoryBytes)} are needed`
    : undefined;
}

/** Why a guest cannot go to a node; undefined when it can. */
export function obstacle(node: Node, needs: Needs): string | undefined {
  if (!node.online) return "it is offline";
  if (node.maintenance) return "it is in maintenance";
  if (node.cpus !== undefined && needs.cpus > node.cpus)
    return `it has ${node.cpus} CPUs, and ${needs.cpus} are needed`;
  const lacking = needs.things?.find(({ nodes }) => !nodes.includes(node.name));
  if (lacking) return `it has no ${lacking.name}`;
  return memoryObstacle(node, needs) ?? storageObstacle(node, needs);
}

/** The share of a node's memory that would be promised, or is used already, with this guest. */
const load = ({ promisedBytes, usedBytes, memoryBytes: all }: Node, { memoryBytes }: Needs) =>
  all === undefined ? undefined : (Math.max(promisedBytes, usedBytes) + memoryBytes) / Math.max(1, all);

interface Judged {
  readonly node: Node;
  readonly why: string | undefined;
  readonly load: number | undefined;
}

/** Loads in steps: between nodes that are about as full, the guests count, also those that are off. */
const fullness = ({ load: share = Infinity }: Judged) => Math.floor(share / STEP);

const better = (a: Judged, b: Judged) =>
  compare(fullness(a), fullness(b)) ||
  compare(a.node.guests, b.node.guests) ||
  compare(a.load ?? 0, b.load ?? 0) ||
  (a.node.name < b.node.name ? -1 : 1);

function words({ node, load: share }: Judged): string {
  const guests = `${node.guests + 1} guests`;
  return share === undefined
    ? `its token does not see how much memory it has; ${guests} would be there`
    : `${Math.round(share * 100)} % of its memory would be promised, with ${guests} there`;
}

/**
 * Chooses a node: of those that can take the guest the one whose memory is promised least, by tenths of it, then the
 * one with the fewest guests, then the exact share, then by name. Pure, and the same for the same nodes in any order.
 */
export function place(nodes: readonly Node[], needs: Needs): Placement {
  const judged = nodes.map((node) => ({ node, why: obstacle(node, needs), load: load(node, needs) }));
  const best = judged
    .filter(({ why }) => why === undefined)
    .toSorted(better)
    .at(0)?.node.name;
  const candidates = judged
    .map((one) => ({
      node: one.node.name,
      fits: one.why === undefined,
      because: one.why ?? words(one),
    }))
    .toSorted((a, b) => (a.node < b.node ? -1 : 1));
  return { node: best, candidates };
}
