import * as z from "zod";
import type { Context, World } from "../context.ts";
import { Fault } from "../lib/fault.ts";
import { ItemRow } from "./item.ts";
import { meantBy } from "./meant.ts";
import { partition, type OperationRow } from "./operation.ts";
import { REDACTED } from "./unfit.ts";

const PAGE = 500;

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

/** The input that made an operation, as it was given, and the guests of some of its items; how many items those are. */
export async function again(
  world: World,
  operation: OperationRow,
  wanted: Wanted,
): Promise<{ given: Record<string, unknown>; meant: NonNullable<Context["meant"]>; count: number }> {
  const items = await matching(world, operation.id, wanted);
  const count = items.length;
  if (count === 0)
    throw new Fault("conflict", "operation.nothing", `No item of ${operation.id} ended in such a way.`);
  const given = Given.parse(operation.input);
  if (JSON.stringify(given).includes(REDACTED)) {
    const detail = `The call that made ${operation.id} held a secret, which was not kept; send it anew.`;
    throw new Fault("conflict", "operation.unsupported", detail);
  }
  return { given, meant: meantBy(items), count };
}
