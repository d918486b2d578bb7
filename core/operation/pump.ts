import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { abandon } from "./abandon.ts";
import { isFinal, itemOf, loadItem } from "./item.ts";
import { laneKey, LaneRow, lanesOf, openLanes } from "./lane.ts";
import { sendItems } from "./message.ts";
import { loadOperation, operationKey, sum, type OperationRow } from "./operation.ts";
import { held, nodePool, operationPool, release, reserve } from "./slot.ts";
import { wake } from "./watch.ts";

const BLOCKED_SECONDS = 5;

const hasMore = (lane: LaneRow) => lane.next < lane.to;

/** The lane whose operation runs least on this node, the oldest of those: a huge one does not delay a small one. */
function choose(lanes: readonly LaneRow[], holders: readonly string[]): LaneRow | undefined {
  const running = (lane: LaneRow) => holders.filter((holder) => itemOf(holder).operation === lane.sk).length;
  return lanes.filter(hasMore).toSorted((a, b) => running(a) - running(b) || (a.sk < b.sk ? -1 : 1))[0];
}

async function tooManyErrors(world: World, operation: OperationRow): Promise<string | undefined> {
  const { maxErrors } = operation.limits;
  if (maxErrors === null) return undefined;
  const open = [...(await lanesOf(world, operation)).values()];
  const counts = sum([...Object.values(operation.closed), ...open]);
  return counts.failed + counts.unknown > maxErrors ? `more than ${maxErrors} items failed` : undefined;
}

/** Whether an operation may start one more item; takes its slot when it limits its own concurrency. */
async function mayStart(world: World, operation: OperationRow, holder: string): Promise<boolean> {
  const { maxConcurrency } = operation.limits;
  return maxConcurrency === null || reserve(world, operationPool(operation.id), maxConcurrency, holder);
}

/** Moves a lane to its next item; false when another pump did so first. */
async function advance(world: World, laneName: string, lane: LaneRow): Promise<boolean> {
  try {
    const when = { equals: { next: lane.next } };
    await world.store.write([
      { table: "History", update: laneKey(laneName, lane.sk), set: { next: lane.next + 1 }, when },
    ]);
    return true;
  } catch (error) {
    if (error instanceof LostRace) return false;
    throw error;
  }
}

/** What was taken for an item belongs to it once it is started, by whichever pump; before and after, nobody needs it. */
async function giveBack(world: World, laneName: string, holder: string): Promise<void> {
  const { operation, n } = itemOf(holder);
  const [item, row] = await Promise.all([
    loadItem(world, operation, n),
    world.store.get("History", laneKey(laneName, operation)),
  ]);
  const started = row !== undefined && LaneRow.parse(row).next > n;
  if (item && started && !isFinal(item)) return;
  await release(world, nodePool(laneName), holder);
  await release(world, operationPool(operation), holder);
}

/** Keeps when the first item of an operation was started. */
async function begun(world: World, { id }: OperationRow): Promise<void> {
  const set = { startedAt: world.clock.now().toISOString() };
  const when = { equals: { state: "open" } };
  await world.store
    .write([{ table: "History", update: operationKey(id), set, when }])
    .catch((error: unknown) => {
      if (!(error instanceof LostRace)) throw error;
    });
}

/** Starts one item of a lane if the caps allow; "blocked" and "done" take the lane out of this round. */
async function startOne(
  world: World,
  laneName: string,
  lane: LaneRow,
): Promise<"started" | "full" | "blocked" | "done"> {
  const operation = await loadOperation(world, lane.sk);
  if (!operation) return "done";
  const stop = operation.stop ?? (await tooManyErrors(world, operation));
  if (stop !== undefined) {
    await abandon(world, { ...lane, name: laneName }, operation, stop);
    return "done";
  }
  const holder = `${lane.sk}/${lane.next}`;
  if (!(await mayStart(world, operation, holder))) return "blocked";
  if (!(await reserve(world, nodePool(laneName), world.settings.nodeCap, holder))) {
    await giveBack(world, laneName, holder);
    return "full";
  }
  if (await advance(world, laneName, lane)) {
    if (operation.startedAt === null) await begun(world, operation);
    return "started";
  }
  await giveBack(world, laneName, holder);
  return "done";
}

/** Starts as many waiting items of a node as its cap and the operations' own limits allow, and sees that it is watched. */
export async function pump(world: World, laneName: string): Promise<void> {
  const { started, blocked } = await fill(world, laneName);
  // A blocked one waits for slots of its operation that are freed on other nodes, which do not know of this one.
  if (started > 0) await wake(world, laneName, world.settings.pollSeconds[0] ?? 2);
  else if (blocked) await wake(world, laneName, BLOCKED_SECONDS);
}

/** The same for the watcher itself, who comes again anyway: how many were started, and whether a limit kept others back. */
export async function fill(world: World, laneName: string): Promise<{ started: number; blocked: boolean }> {
  const started: { operation: string; n: number }[] = [];
  const out = new Set<string>();
  let blocked = false;
  for (let room = world.settings.nodeCap; room > 0;) {
    const holders = (await held(world, nodePool(laneName))).map((slot) => slot.holder);
    if (holders.length >= world.settings.nodeCap) break;
    const lanes = (await openLanes(world, laneName)).filter((lane) => !out.has(lane.sk));
    const lane = choose(lanes, holders);
    if (!lane) break;
    const result = await startOne(world, laneName, lane);
    if (result === "full") break;
    if (result === "started") {
      started.push({ operation: lane.sk, n: lane.next });
      room -= 1;
    } else out.add(lane.sk);
    blocked ||= result === "blocked";
  }
  if (started.length > 0) await sendItems(world, laneName, started);
  return { started: started.length, blocked };
}
