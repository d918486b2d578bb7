import type { World } from "../context.ts";
import { LostRace } from "../db/index.ts";
import { abandon } from "./abandon.ts";
import { itemOf } from "./item.ts";
import { laneKey, lanesOf, openLanes, type LaneRow } from "./lane.ts";
import { sendItems } from "./message.ts";
import { loadOperation, sum, type OperationRow } from "./operation.ts";
import { held, nodePool, operationPool, release, reserve } from "./slot.ts";
import { wake } from "./watch.ts";

const hasMore = (lane: LaneRow) => lane.next < lane.to;

/** The lane whose operation runs least on this node, the oldest of those: a huge one does not delay a small one. */
export function choose(lanes: readonly LaneRow[], holders: readonly string[]): LaneRow | undefined {
  const running = (lane: LaneRow) => holders.filter((holder) => itemOf(holder).operation === lane.sk).length;
  return lanes.filter(hasMore).toSorted((a, b) => running(a) - running(b) || (a.sk < b.sk ? -1 : 1))[0];
}

async function tooManyErrors(world: World, operation: OperationRow): Promise<boolean> {
  const { maxErrors } = operation.limits;
  if (maxErrors === null) return false;
  const open = [...(await lanesOf(world, operation)).values()];
  const counts = sum([...Object.values(operation.closed), ...open]);
  return counts.failed + counts.unknown > maxErrors;
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

/** Starts one item of a lane if the caps allow; "blocked" takes the lane out of this round. */
async function startOne(
  world: World,
  laneName: string,
  lane: LaneRow,
): Promise<"started" | "full" | "blocked"> {
  const operation = await loadOperation(world, lane.sk);
  if (!operation) return "blocked";
  if (operation.stop === null && (await tooManyErrors(world, operation))) {
    await abandon(world, laneName, lane, `more than ${operation.limits.maxErrors} items failed`);
    return "blocked";
  }
  const holder = `${lane.sk}/${lane.next}`;
  if (!(await mayStart(world, operation, holder))) return "blocked";
  if (!(await reserve(world, nodePool(laneName), world.settings.nodeCap, holder))) {
    await release(world, operationPool(lane.sk), holder);
    return "full";
  }
  if (await advance(world, laneName, lane)) return "started";
  await release(world, nodePool(laneName), holder);
  await release(world, operationPool(lane.sk), holder);
  return "blocked";
}

/** Starts as many waiting items of a node as its cap and the operations' own limits allow. */
export async function pump(world: World, laneName: string): Promise<void> {
  const started: { operation: string; n: number }[] = [];
  const blocked = new Set<string>();
  for (let room = world.settings.nodeCap; room > 0;) {
    const holders = (await held(world, nodePool(laneName))).map((slot) => slot.holder);
    if (holders.length >= world.settings.nodeCap) break;
    const lanes = (await openLanes(world, laneName)).filter((lane) => !blocked.has(lane.sk));
    const lane = choose(lanes, holders);
    if (!lane) break;
    const result = await startOne(world, laneName, lane);
    if (result === "full") break;
    if (result === "blocked") blocked.add(lane.sk);
    else {
      started.push({ operation: lane.sk, n: lane.next });
      room -= 1;
    }
  }
  if (started.length === 0) return;
  await sendItems(world, laneName, started);
  await wake(world, laneName, world.settings.pollSeconds[0] ?? 2);
}
