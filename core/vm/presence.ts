import type { FieldError } from "../lib/fault.ts";
import type { Needs, Node as PlacementNode } from "../placement/index.ts";
import { bridgesOn, mappingsOf, ProxmoxError, volumesOn, type Proxmox } from "../proxmox/index.ts";
import type { Named } from "./named.ts";

/** What has to be known of a node that is asked. */
type Node = Pick<PlacementNode, "name" | "online" | "storages">;

/** Something that a field names, with the nodes that may have it; undefined where nobody can tell. */
interface Thing {
  readonly pointer: string;
  readonly name: string;
  readonly nodes: readonly string[] | undefined;
}

/** The answer, or undefined where the token may not ask or the node does not answer: nothing follows from that. */
const told = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (error instanceof ProxmoxError) return undefined;
    throw error;
  });

/** The nodes of which it is not known that they lack it. */
async function having(
  found: readonly Node[],
  has: (node: string) => Promise<boolean | undefined>,
): Promise<string[]> {
  const asked = found.map(async ({ name }) => ({ name, has: await has(name) }));
  return (await Promise.all(asked)).flatMap((one) => (one.has === false ? [] : [one.name]));
}

/** A volume of storage that all share is looked for once; one of local storage on each node that may have it. */
async function volumeThing(
  proxmox: Proxmox,
  found: readonly Node[],
  { pointer, volid, content, vmid }: Named["volumes"][number],
): Promise<Thing> {
  const storage = volid.slice(0, volid.indexOf(":"));
  const isOfStorage = content === "iso" || content === "vztmpl";
  const of = (node: Node) =>
    node.storages.find(
      (one) => one.storage === storage && one.active && (!isOfStorage || one.content.includes(content)),
    );
  const reaching = found.filter((node) => node.online && of(node));
  const isShared = reaching.some((node) => of(node)?.shared);
  const [first, ...rest] = reaching;
  // A node without the storage is refused for that.
  if (!first) return { pointer, name: volid, nodes: undefined };
  const has = async (node: string) =>
    (await told(volumesOn(proxmox, { node, storage }, { content, vmid })))?.includes(volid);
  const there = await having(isShared ? [first] : [first, ...rest], has);
  const nodes = isShared && there.length > 0 ? reaching.map(({ name }) => name) : there;
  return { pointer, name: volid, nodes };
}

/** A token that sees no bridge of a node at all does not see which there are. */
async function bridgeThings(proxmox: Proxmox, found: readonly Node[], { bridges }: Named): Promise<Thing[]> {
  if (bridges.length === 0) return [];
  const online = found.filter((node) => node.online);
  const asked = online.map(async ({ name }) => [name, await told(bridgesOn(proxmox, name))] as const);
  const lists = new Map(await Promise.all(asked));
  return bridges.map(({ pointer, bridge }) => {
    const nodes = online.map(({ name }) => name);
    const may = nodes.filter(
      (name) => (lists.get(name)?.length ?? 0) === 0 || lists.get(name)?.includes(bridge),
    );
    return { pointer, name: bridge, nodes: may };
  });
}

async function mappingThing(
  proxmox: Proxmox,
  { pointer, kind, id }: Named["mappings"][number],
): Promise<Thing> {
  const found = await told(mappingsOf(proxmox, kind));
  return { pointer, name: `mapping ${id}`, nodes: found ? (found.get(id) ?? []) : undefined };
}

/** What is not there for any of these nodes, and what only some of them have. */
export interface Presence {
  readonly errors: readonly FieldError[];
  readonly things: NonNullable<Needs["things"]>;
}

/**
 * Looks whether what the fields of a new guest name is there, on one of these nodes: a request for each storage that they
 * share and each node with a local one, one for the bridges of each node, one for each kind of mapping.
 */
export async function presenceOf(proxmox: Proxmox, named: Named, found: readonly Node[]): Promise<Presence> {
  const [volumes, bridges, mappings] = await Promise.all([
    Promise.all(named.volumes.map((volume) => volumeThing(proxmox, found, volume))),
    bridgeThings(proxmox, found, named),
    Promise.all(named.mappings.map((mapping) => mappingThing(proxmox, mapping))),
  ]);
  const names = found.map(({ name }) => name);
  const where = names.length === 1 ? `node ${names[0] ?? ""} does not have` : "no node has";
  const known = [...volumes, ...bridges, ...mappings].flatMap(({ nodes, ...rest }) =>
    nodes ? [{ ...rest, nodes: nodes.filter((name) => names.includes(name)) }] : [],
  );
  return {
    errors: known
      .filter(({ nodes }) => nodes.length === 0)
      .map(({ pointer, name }) => ({
        pointer,
        code: "missing",
        detail: `names ${name}, which ${where}, or its token may not see`,
      })),
    things: known.map(({ name, nodes }) => ({ name, nodes })),
  };
}
