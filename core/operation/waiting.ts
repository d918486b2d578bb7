import type { World } from "../context.ts";
import { isFinal, itemOf, itemKey, ItemRow, loadHolders } from "./item.ts";
import { ended, hasMore, type LaneRow } from "./lane.ts";
import { clusterOf, nodeOf } from "./message.ts";
import { loadNodes, type NodeRow } from "./node.ts";
import { partition, type OperationRow } from "./operation.ts";

/** So much is looked at, however large the operation is. */
const MOST_CLUSTERS = 4;
const MOST_ITEMS = 40;
const MOST_REASONS = 3;
const RECENT = 100;
/** A task that runs for longer than this is named. */
const LONG_MS = 600_000;

interface Scene {
  readonly row: OperationRow;
  readonly open: ReadonlyMap<string, LaneRow>;
  readonly nodes: ReadonlyMap<string, NodeRow>;
  /** Items that have begun and not ended, as far as they were looked at. */
  readonly items: readonly ItemRow[];
  readonly running: number;
}

const begun = (lane: LaneRow) => lane.next - lane.from - ended(lane);

async function nodesOf(world: World, lanes: Iterable<string>): Promise<Map<string, NodeRow>> {
  const clusters = [...new Set([...lanes].map(clusterOf))].slice(0, MOST_CLUSTERS);
  const found = await Promise.all(clusters.map((cluster) => loadNodes(world, cluster)));
  return new Map(found.flatMap((nodes) => [...nodes]));
}

/** Items that wait without a slot are looked for among those that began last. */
async function slotless(world: World, id: string, open: Iterable<LaneRow>, held: ReadonlySet<number>) {
  for (const lane of open) {
    const slots = [...held].filter((n) => n >= lane.from && n < lane.next).length;
    if (begun(lane) <= slots) continue;
    const from = Math.max(lane.from, lane.next - RECENT);
    const rows = await world.store.query({
      table: "History",
      pk: partition(id),
      after: from === 0 ? "item#" : itemKey(id, from - 1).sk,
      limit: lane.next - from,
      eventual: true,
    });
    const items = rows.filter((row) => row.sk.startsWith("item#")).map((row) => ItemRow.parse(row));
    return items.filter((item) => !isFinal(item) && !held.has(item.n));
  }
  return [];
}

async function look(world: World, row: OperationRow, open: Scene["open"]): Promise<Scene> {
  const nodes = await nodesOf(world, open.keys());
  const holders = [...nodes.values()]
    .flatMap((node) => node.running.map(({ holder }) => holder))
    .filter((holder) => itemOf(holder).operation === row.id);
  const held = new Set(holders.map((holder) => itemOf(holder).n));
  const items = [
    ...(await loadHolders(world, holders.slice(0, MOST_ITEMS), { eventual: true })),
    ...(await slotless(world, row.id, open.values(), held)).slice(0, MOST_ITEMS),
  ];
  const running = [...open.values()].reduce((sum, lane) => sum + begun(lane), 0);
  return { row, open, nodes, items, running };
}

/** What items say of why they wait, the most frequent first. */
function complaints(items: readonly ItemRow[]): string[] {
  const waits = items.filter((item) => item.state === "queued" && item.reason !== null);
  const groups = [...Map.groupBy(waits, ({ reason }) => reason ?? "")].toSorted(
    ([, a], [, b]) => b.length - a.length,
  );
  return groups.slice(0, MOST_REASONS).map(([reason, [first, ...others]]) => {
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    return `guest ${first?.vm.id}${more}: ${reason}`;
  });
}

/** Nodes whose slots others have, of those that could begin something here. */
function crowded(world: World, { open, nodes, row }: Scene): string[] {
  const { nodeCap } = world.settings;
  const lanes = [...open].filter(([, lane]) => hasMore(lane)).map(([name]) => name);
  const full = lanes.flatMap((name) => {
    const running = nodes.get(name)?.running ?? [];
    const others = running.filter(({ holder }) => itemOf(holder).operation !== row.id).length;
    const mine = running.length - others;
    const busy = `${others} of ${nodeCap} slots of ${nodeOf(name)} are busy with other operations`;
    return mine === 0 && running.length >= nodeCap ? [busy] : [];
  });
  return full.slice(0, MOST_REASONS);
}

function obstacles(world: World, scene: Scene): string[] {
  const { row, running, open } = scene;
  if (row.stop !== null) return [];
  if (!row.expanded) return [`${row.total - row.cursor} of ${row.total} items to be written`];
  const found = [...complaints(scene.items), ...crowded(world, scene)];
  const limit = row.limits.maxConcurrency;
  const atLimit = limit !== null && running >= limit && [...open.values()].some(hasMore);
  return atLimit ? [...found, `its own limit of ${limit} at once`] : found;
}

/** The task that has run the longest, where that is remarkable: a frozen file system, or a slow storage. */
function longest(world: World, sent: readonly ItemRow[]): string {
  const [oldest] = sent.toSorted((a, b) => Date.parse(a.sentAt ?? "") - Date.parse(b.sentAt ?? ""));
  const age = oldest ? world.clock.now().getTime() - Date.parse(oldest.sentAt ?? "") : 0;
  return oldest && age > LONG_MS ? `, that of ${oldest.vm.id} for ${Math.floor(age / 60_000)} min` : "";
}

/** What an operation that has not ended waits for, as a sentence. It is made of few reads, which may be a moment old. */
export async function waitingFor(
  world: World,
  row: OperationRow,
  open: ReadonlyMap<string, LaneRow>,
): Promise<string> {
  const scene = await look(world, row, open);
  const sent = scene.items.filter((item) => item.state === "sent");
  const tasks = sent.length;
  const more = scene.running > scene.items.length ? " or more" : "";
  const runs = `${tasks}${more} tasks run${longest(world, sent)}`;
  if (row.stop !== null && scene.running > 0)
    return `${scene.running} items that had begun when it was stopped${row.stopRunning ? "; their tasks are being stopped" : ""}`;
  const found = obstacles(world, scene);
  if (found.length > 0) return tasks > 0 ? `${found.join("; ")}; ${runs}` : found.join("; ");
  return tasks > 0 ? `nothing: ${runs}` : "a worker to go on";
}
