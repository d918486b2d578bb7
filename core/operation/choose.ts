import type { World } from "../context.ts";
import type { Reading } from "../db/index.ts";
import { hasMore, openLanes, operationOf, tenantOf, type LaneRow } from "./lane.ts";
import type { NodeRow, Running } from "./node.ts";
import { itemOf } from "./item.ts";

/** So many lanes are read and weighed as a whole; with more, tenants and their operations take turns. */
const ALL = 50;
const TENANTS = 20;
const MOST_TENANTS = 200;
const EACH = 10;
const PAGE = 100;
const MOST_READ = 2000;

/** Sorts after every key that begins with a tenant. */
const PAST = "#~";

/**
 * Some lanes of one tenant that have more to start: those after the one that was served last, then from the front again.
 * Lanes that only wait for what they began may be very many, and are passed over.
 */
async function ofTenant(world: World, lane: string, tenant: string, served: string | undefined) {
  const last = `${tenant}#${served ?? ""}`;
  const found: LaneRow[] = [];
  let wrapped = served === undefined;
  for (let after = last, read = 0, limit = EACH; found.length < EACH && read < MOST_READ; limit = PAGE) {
    const rows = await openLanes(world, lane, { after, limit });
    read += limit;
    const mine = rows.filter((row) => tenantOf(row) === tenant && (after >= last || row.sk <= last));
    found.push(...mine.filter(hasMore));
    const ends = mine.length < limit;
    if (ends && wrapped) break;
    after = ends ? `${tenant}#` : (mine.at(-1)?.sk ?? after);
    wrapped ||= ends;
  }
  return found.slice(0, EACH);
}

/** A few lanes of each of several tenants; every tenant's first lane is found by one look past the tenant before. */
async function inTurns(world: World, lane: string, served: NodeRow["served"]): Promise<LaneRow[]> {
  const found: LaneRow[] = [];
  let after = Object.keys(served).at(-1);
  const tenants = new Set<string>();
  let fruitful = 0;
  for (let wrapped = after === undefined; fruitful < TENANTS && tenants.size < MOST_TENANTS;) {
    const where = after === undefined ? {} : { after: `${after}${PAST}` };
    const [first] = await openLanes(world, lane, { ...where, limit: 1 });
    if (!first && wrapped) break;
    wrapped ||= !first;
    after = first && tenantOf(first);
    if (after === undefined) continue;
    if (tenants.has(after)) break;
    tenants.add(after);
    const own = await ofTenant(world, lane, after, served[after]);
    found.push(...own);
    if (own.length > 0) fruitful += 1;
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
