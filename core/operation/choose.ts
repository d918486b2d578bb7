import type { World } from "../context.ts";
import type { Reading } from "../db/index.ts";
import { hasMore, openLanes, operationOf, tenantOf, type LaneRow } from "./lane.ts";
import type { NodeRow, Running } from "./node.ts";
import { itemOf } from "./item.ts";

/** So many lanes are read and weighed as a whole; with more, tenants and their operations take turns. */
const ALL = 50;
const TENANTS = 20;
const EACH = 10;

/** Sorts after every key that begins with a tenant. */
const PAST = "#~";

/** Some lanes of one tenant: those after the one that was served last, then from the front again. */
async function ofTenant(world: World, lane: string, tenant: string, served: string | undefined) {
  const mine = (rows: readonly LaneRow[]) => rows.filter((row) => tenantOf(row) === tenant);
  const after = mine(await openLanes(world, lane, { after: `${tenant}#${served ?? ""}`, limit: EACH }));
  if (after.length === EACH || served === undefined) return after;
  const front = mine(await openLanes(world, lane, { after: `${tenant}#`, limit: EACH }));
  return [...after, ...front.filter((row) => !after.some((one) => one.sk === row.sk))];
}

/** A few lanes of each of several tenants; every tenant's first lane is found by one look past the tenant before. */
async function inTurns(world: World, lane: string, served: NodeRow["served"]): Promise<LaneRow[]> {
  const found: LaneRow[] = [];
  let after = Object.keys(served).at(-1);
  const tenants = new Set<string>();
  for (let wrapped = after === undefined; tenants.size < TENANTS;) {
    const where = after === undefined ? {} : { after: `${after}${PAST}` };
    const [first] = await openLanes(world, lane, { ...where, limit: 1 });
    if (!first && wrapped) break;
    wrapped ||= !first;
    after = first && tenantOf(first);
    if (after === undefined) continue;
    if (tenants.has(after)) break;
    tenants.add(after);
    found.push(...(await ofTenant(world, lane, after, served[after])));
  }
  return found;
}

/** The lanes of a node among which the next items are chosen. All of them, unless there are very many. */
export async function candidates(
  world: World,
  lane: string,
  node: NodeRow,
  how: Reading,
): Promise<{ lanes: readonly LaneRow[]; crowded: boolean }> {
  const lanes = await openLanes(world, lane, { limit: ALL, ...how });
  if (lanes.length < ALL) return { lanes, crowded: false };
  return { lanes: await inTurns(world, lane, node.served), crowded: true };
}

/**
 * The lane that may start its next item: that of the tenant that runs least here, of its operation that runs least,
 * the first of those. So neither a huge operation nor a tenant with very many keeps a small one waiting. Pure.
 */
export function choose(lanes: readonly LaneRow[], running: readonly Running[]): LaneRow | undefined {
  const operations = Map.groupBy(running, ({ holder }) => itemOf(holder).operation);
  const load = (lane: LaneRow) => operations.get(operationOf(lane))?.length ?? 0;
  const tenants = new Map<string, number>();
  for (const lane of lanes) tenants.set(tenantOf(lane), (tenants.get(tenantOf(lane)) ?? 0) + load(lane));
  const weight = (lane: LaneRow) => tenants.get(tenantOf(lane)) ?? 0;
  let best: LaneRow | undefined;
  for (const lane of lanes) {
    if (!hasMore(lane)) continue;
    const order = best ? weight(lane) - weight(best) || load(lane) - load(best) : -1;
    if (order < 0) best = lane;
  }
  return best;
}
