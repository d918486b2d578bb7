import * as Cluster from "../cluster/index.ts";
import type { World } from "../context.ts";
import { Unwritable } from "../db/index.ts";
import { ProxmoxError, type Proxmox } from "../proxmox/index.ts";
import { conclude, type Verdict } from "./conclude.ts";
import type { Effects } from "./effect.ts";
import { unsupported, type Ended } from "./ending.ts";
import { giveUp, isMistake } from "./give-up.ts";
import { isHaltDue } from "./halt.ts";
import { isFinal, holderOf, loadRange, placesOf, type ItemRow } from "./item.ts";
import { clusterOf, sendItems } from "./message.ts";
import type { NodeRow } from "./node.ts";
import { sightOfNode, taskNode, type Sight } from "./sight.ts";
import { bare } from "./unwritable.ts";

/** Gives a list that was read, or is now. */
type See = () => Promise<Sight | undefined>;

/** What a look at a node has shown. */
export interface Found {
  readonly endings: readonly Ended[];
  /** Holders that need their slot no more. */
  readonly freed: readonly string[];
  /** When tasks really began, or items will be tried again. */
  readonly begun: ReadonlyMap<string, number>;
}

/** A look that failed is repeated at the next turn, unless it is too late for that. */
async function tolerate(world: World, item: ItemRow, error: unknown): Promise<Verdict> {
  if (error instanceof Unwritable) return bare(item, error);
  if (!(error instanceof ProxmoxError) && !isMistake(error)) throw error;
  const { operation, n, lane } = item;
  world.log.warn("follow", { lane, operation, n, reason: error.message });
  return (await giveUp(world, item, error)) ?? "waits";
}

/** The list in which all these tasks are: the one that was read, if it names them all, or that of the node. */
async function listFor(proxmox: Proxmox, node: string, items: readonly ItemRow[], see: See | undefined) {
  const sight = await see?.();
  const named = sight !== undefined && items.every((item) => sight.has(item.upid ?? ""));
  return named ? sight : sightOfNode(proxmox, node, items);
}

/** For an item the list in which its task is; each is read once, when it is needed first. */
function lists(proxmox: Proxmox, lane: string, items: readonly ItemRow[], see: See | undefined) {
  const nodes = Map.groupBy(items, (item) => taskNode(lane, item));
  const read = new Map<string, Promise<Sight>>();
  return (item: ItemRow): Promise<Sight> => {
    const node = taskNode(lane, item);
    const list = read.get(node) ?? listFor(proxmox, node, nodes.get(node) ?? [], see);
    read.set(node, list);
    return list;
  };
}

/** How every item ends whose task has ended. What fails for one does no harm to the others. */
async function verdicts(
  world: World,
  lane: string,
  items: readonly ItemRow[],
  port: { readonly effects: Effects; readonly sight: See | undefined },
): Promise<Ended[]> {
  if (items.length === 0) return [];
  const proxmox = await Cluster.connect(world, clusterOf(lane));
  const listOf = lists(proxmox, lane, items, port.sight);
  const one = async (item: ItemRow): Promise<Ended[]> => {
    const effect = port.effects[item.action];
    if (!effect) return [{ item, ending: unsupported(item) }];
    const verdict = await listOf(item)
      .then((seen) => conclude(world, proxmox, item, { entry: seen.get(item.upid ?? ""), effect }))
      .catch((error: unknown) => tolerate(world, item, error));
    return typeof verdict === "string" ? [] : [{ item, ending: verdict }];
  };
  const ended: Ended[] = [];
  for (const item of items) ended.push(...(await one(item)));
  return ended;
}

/** When an item was sent, or is due to be gone on with where it waits. */
function begunAt({ state, sentAt, dueAt }: ItemRow): number {
  const [sent, due] = [Date.parse(sentAt ?? ""), Date.parse(dueAt ?? "")];
  if (state === "queued") return due;
  return state === "intent" && due > sent ? due : sent;
}

/** Items that should have gone on long ago, since their message got lost or their worker died, and tasks that are to be stopped. */
function late(world: World, node: NodeRow, items: readonly ItemRow[]): ItemRow[] {
  const before = world.clock.now().getTime() - world.settings.leaseSeconds * 1000;
  const starts = new Map(node.running.map(({ holder, start }) => [holder, start]));
  return items.filter((item) => {
    if (isHaltDue(world, item)) return true;
    if (item.state === "intent") return begunAt(item) < before;
    return item.state === "queued" && (starts.get(holderOf(item)) ?? 0) < before;
  });
}

/** When each task began, or the item will be tried again; what stays in the row of the node. */
const beginnings = (items: readonly ItemRow[]) =>
  new Map(
    items.flatMap((item): [string, number][] => {
      const at = begunAt(item);
      return Number.isNaN(at) ? [] : [[holderOf(item), at]];
    }),
  );

/** A guest that moved twice has left a slot on the node between. One that has just come here may not say so yet. */
function isElsewhere(world: World, node: NodeRow, lane: string, item: ItemRow): boolean {
  const settled = world.clock.now().getTime() - world.settings.leaseSeconds * 1000;
  const since = node.running.find(({ holder }) => holder === holderOf(item))?.start ?? 0;
  return since < settled && !placesOf(item).includes(lane);
}

/** Looks at everything that holds a slot of a node; sends again what got lost. */
export async function look(
  world: World,
  lane: string,
  node: NodeRow,
  port: { readonly effects: Effects; readonly sight: See | undefined },
): Promise<Found> {
  const items = await loadRange(
    world,
    node.running.map(({ holder }) => holder),
  );
  const sent = items.filter((item) => item.state === "sent");
  const endings = await verdicts(world, lane, sent, port);
  const over = new Set(endings.map(({ item }) => item));
  const rest = items.filter((item) => !over.has(item));
  await sendItems(
    world,
    lane,
    late(world, node, rest).map(({ operation, n, fence }) => ({ operation, n, seen: fence })),
  );
  const freed = items.filter((item) => isFinal(item) || isElsewhere(world, node, lane, item)).map(holderOf);
  return { endings, freed, begun: beginnings(items) };
}
