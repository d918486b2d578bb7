import type { World } from "../context.ts";
import { choose } from "./choose.ts";
import { loadRange } from "./item.ts";
import { hasMore, lanesOf, operationOf, type LaneRow } from "./lane.ts";
import { sum } from "./counts.ts";
import { loadOperation, type OperationRow } from "./operation.ts";
import { taken, type Running } from "./node.ts";
import { reserveAll } from "./pool.ts";

/** When a task probably begins after its slot was given away: message and request are so long on their way. */
export const ON_THE_WAY_MS = 60;

/** What a node starts in one turn. */
export interface Ready {
  readonly starts: readonly Running[];
  /** The lanes that start something, as they are then. */
  readonly lanes: readonly LaneRow[];
  /** Lanes that wait for a pool which others hold. */
  readonly blocked: readonly LaneRow[];
  /** Lanes whose operation starts nothing more, with the reason. */
  readonly stopped: readonly { readonly lane: LaneRow; readonly reason: string }[];
}

async function tooManyErrors(world: World, operation: OperationRow): Promise<string | undefined> {
  const { maxErrors } = operation.limits;
  if (maxErrors === null) return undefined;
  const open = [...(await lanesOf(world, operation)).values()];
  const counts = sum([...Object.values(operation.closed), ...open]);
  return counts.failed + counts.unknown > maxErrors ? `more than ${maxErrors} items failed` : undefined;
}

/** Why an operation that counts its failures starts nothing more; any other is stopped by emptying its lanes. */
async function reasonToStop(world: World, lane: LaneRow): Promise<string | undefined> {
  if (lane.maxErrors === null) return undefined;
  const operation = await loadOperation(world, operationOf(lane));
  return operation ? (operation.stop ?? tooManyErrors(world, operation)) : "the operation is gone";
}

/** The guests of items that are about to start; 0 for one that cannot be read yet. */
async function withGuests(world: World, starts: readonly Running[]): Promise<Running[]> {
  if (starts.length === 0) return [];
  const items = await loadRange(
    world,
    starts.map(({ holder }) => holder),
  );
  const vmids = new Map(items.map((item) => [`${item.operation}/${item.n}`, item.vm.vmid]));
  return starts.map((start) => ({ ...start, vmid: vmids.get(start.holder) ?? 0 }));
}

/** Chooses what starts next in the free slots of a node, and takes the pools that it needs. */
export async function ready(
  world: World,
  lanes: readonly LaneRow[],
  running: readonly Running[],
): Promise<Ready> {
  const start = world.clock.now().getTime() + ON_THE_WAY_MS;
  const open = new Map(lanes.filter(hasMore).map((lane) => [lane.sk, lane]));
  const changed = new Map<string, LaneRow>();
  const stopped: { lane: LaneRow; reason: string }[] = [];
  const starts: Running[] = [];
  const blocked: LaneRow[] = [];
  while (taken(running) + starts.length < world.settings.nodeCap) {
    const lane = choose([...open.values()], [...running, ...starts]);
    if (!lane) break;
    open.delete(lane.sk);
    const holder = `${operationOf(lane)}/${lane.next}`;
    const reason = await reasonToStop(world, lane);
    if (reason !== undefined) stopped.push({ lane, reason });
    else if (await reserveAll(world, lane.pools, holder)) {
      starts.push({ holder, vmid: 0, action: lane.action, start });
      const next = { ...lane, next: lane.next + 1 };
      changed.set(lane.sk, next);
      open.set(lane.sk, next);
    } else blocked.push(lane);
  }
  return { starts: await withGuests(world, starts), lanes: [...changed.values()], blocked, stopped };
}
