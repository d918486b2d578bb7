import * as z from "zod";
import type { World } from "../context.ts";
import type { Change, Reading } from "../db/index.ts";
import { Counts, FINAL, NO_COUNTS } from "./counts.ts";
import { operationPools, Pool, type OperationRow } from "./operation.ts";

/**
 * An operation's items on one node: a run of numbers, of which those below `next` have been started. It is kept
 * under the node, by tenant, so that the node finds all that waits for it. `rev` grows with every change.
 */
export const LaneRow = Counts.extend({
  pk: z.string(),
  sk: z.string(),
  from: z.number(),
  to: z.number(),
  next: z.number(),
  rev: z.number(),
  action: z.string(),
  pools: z.array(Pool),
  maxErrors: z.number().nullable(),
  /** Its operation was cancelled: nothing more of it is started. */
  stopped: z.boolean(),
});
export type LaneRow = z.infer<typeof LaneRow>;

type Owner = Pick<OperationRow, "id" | "actor">;

/** Where the lanes of a node are. */
const lanePartition = (lane: string) => `lane#${lane}`;

/** The key of an operation's lane on a node. */
export const laneKey = (lane: string, { id, actor }: Owner) => ({
  pk: lanePartition(lane),
  sk: `${actor.id}#${id}`,
});

/** The operation of a lane. */
export const operationOf = (lane: Pick<LaneRow, "sk">) => lane.sk.slice(lane.sk.lastIndexOf("#") + 1);

/** Who a lane works for: tenants take turns on a node. */
export const tenantOf = (lane: Pick<LaneRow, "sk">) => lane.sk.slice(0, lane.sk.lastIndexOf("#"));

/** Whose items one lane takes: those from `from` up to `to`, which is no more part of it. */
interface Range {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** The change that opens a lane. */
export const openLane = (operation: OperationRow, action: string, { name, from, to }: Range): Change => ({
  table: "History",
  put: {
    ...laneKey(name, operation),
    from,
    to,
    next: from,
    rev: 0,
    action,
    pools: operationPools(operation, name),
    maxErrors: operation.limits.maxErrors,
    stopped: operation.stop !== null,
    ...NO_COUNTS,
  },
  when: { exists: false },
});

/** The change of a lane from what it was; it fails when another has changed it since. */
export const laneChange = (before: LaneRow, next: LaneRow): Change => ({
  table: "History",
  put: { ...next, rev: before.rev + 1 },
  when: { equals: { rev: before.rev } },
});

/** The lane, or undefined when all its items have ended. */
export async function loadLane(world: World, lane: string, owner: Owner): Promise<LaneRow | undefined> {
  const row = await world.store.get("History", laneKey(lane, owner));
  return row ? LaneRow.parse(row) : undefined;
}

const PAGE = 1000;

/** The lanes of a node that are not done, by tenant and age; `after` a sort key, at most `limit`. */
export async function openLanes(
  world: World,
  lane: string,
  { after, limit = PAGE, ...how }: { after?: string; limit?: number } & Reading = {},
): Promise<LaneRow[]> {
  const where = after === undefined ? {} : { after };
  const rows = await world.store.query({
    table: "History",
    pk: lanePartition(lane),
    limit,
    ...where,
    ...how,
  });
  return rows.map((row) => LaneRow.parse(row));
}

/** All of them, however many. */
export async function everyLane(world: World, lane: string): Promise<LaneRow[]> {
  const found: LaneRow[] = [];
  for (let more = true; more;) {
    const last = found.at(-1)?.sk;
    const page = await openLanes(world, lane, {
      limit: PAGE,
      ...(last === undefined ? {} : { after: last }),
    });
    found.push(...page);
    more = page.length === PAGE;
  }
  return found;
}

/** The node of a lane, as `main/pve1`. */
export const nameOf = (lane: Pick<LaneRow, "pk">) => lane.pk.slice(lanePartition("").length);

/** How many items of a lane have ended. */
export const ended = (lane: LaneRow) => FINAL.reduce((total, name) => total + lane[name], 0);

/** Whether a lane has items that are still to be started. */
export const hasMore = (lane: LaneRow) => !lane.stopped && lane.next < lane.to;

/** Whether all items of a lane have ended. */
export const isDone = (lane: LaneRow) => ended(lane) >= lane.to - lane.from;

/** The lanes of an operation that are still open, by name. */
export async function lanesOf(world: World, operation: OperationRow): Promise<Map<string, LaneRow>> {
  const open = operation.lanes.filter((lane) => operation.closed[lane] === undefined);
  const found = new Map<string, LaneRow>();
  for (let start = 0; start < open.length; start += 100) {
    const keys = open.slice(start, start + 100).map((lane) => laneKey(lane, operation));
    for (const row of await world.store.getMany("History", keys))
      found.set(nameOf({ pk: row.pk }), LaneRow.parse(row));
  }
  return found;
}
