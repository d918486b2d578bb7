import * as z from "zod";
import type { World } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import { ItemRow } from "./item.ts";
import { partition, type OperationRow } from "./operation.ts";
import { REDACTED } from "./unfit.ts";

const PAGE = 500;
/** As many guests, and of as many clusters, as a selection may name. */
const MOST = 10_000;
const MOST_CLUSTERS = 20;

const Given = z.record(z.string(), z.unknown());

/** Which items are to be done again. */
export type Wanted = (item: ItemRow) => boolean;

async function matching(world: World, operation: string, wanted: Wanted): Promise<ItemRow[]> {
  const found: ItemRow[] = [];
  for (let after = "item#", more = true; more;) {
    const query = { table: "History", pk: partition(operation), after, limit: PAGE } as const;
    const rows = (await world.store.query(query)).filter((row) => row.sk.startsWith("item#"));
    found.push(...rows.map((row) => ItemRow.parse(row)).filter(wanted));
    after = rows.at(-1)?.sk ?? after;
    more = rows.length === PAGE;
  }
  return found;
}

/** A selection of exactly these guests. One that was named without its cluster is looked for in all of them. */
function selectionOf(items: readonly ItemRow[]) {
  const clusters = Map.groupBy(items, ({ vm }) => vm.cluster);
  if (items.length > MOST || clusters.size > MOST_CLUSTERS) {
    const detail = `${items.length} items of ${clusters.size} clusters are too many: one retry takes ${MOST} of ${MOST_CLUSTERS}.`;
    throw new Fault("conflict", "operation.too-large", detail);
  }
  return [...clusters].map(([cluster, members]) => ({
    ...(cluster === "*" ? {} : { clusters: [cluster] }),
    vmids: [...new Set(members.map(({ vm }) => vm.vmid))],
    templates: true,
  }));
}

/** The input that made an operation, for the guests of some of its items alone; how many those are. */
export async function again(
  world: World,
  operation: OperationRow,
  wanted: Wanted,
): Promise<{ given: Record<string, unknown>; count: number }> {
  const items = await matching(world, operation.id, wanted);
  const count = items.length;
  if (count === 0)
    throw new Fault("conflict", "operation.nothing", `No item of ${operation.id} ended in such a way.`);
  const given = Given.parse(operation.input);
  if (JSON.stringify(given).includes(REDACTED)) {
    const detail = `The call that made ${operation.id} held a secret, which was not kept; send it anew.`;
    throw new Fault("conflict", "operation.unsupported", detail);
  }
  return { given: "select" in given ? { ...given, select: selectionOf(items) } : given, count };
}
