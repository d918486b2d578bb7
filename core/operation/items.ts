import * as z from "zod";
import type { World } from "../context.ts";
import { fromCursor, Page, PageInput, roomFor, toCursor } from "../lib/page.ts";
import { verb } from "../verb.ts";
import { need, OperationId } from "./get.ts";
import { ItemRow } from "./item.ts";
import { partition } from "./operation.ts";
import { Item, toItem } from "./view.ts";

const BATCH = 200;
/** How many items one request looks through for a state that fits few. */
const MOST = 5000;

const Input = z.strictObject({ operation: OperationId, ...PageInput, state: Item.shape.state.optional() });

async function pageAfter(world: World, operation: string, after: string, limit: number) {
  const rows = await world.store.query({ table: "History", pk: partition(operation), after, limit });
  const items = rows.filter((row) => row.sk.startsWith("item#"));
  return items.map((row) => ({ key: row.sk, item: toItem(ItemRow.parse(row)) }));
}

/** The items of an operation in their order. */
export const items = verb({
  action: "operation.items",
  effect: "read",
  input: Input,
  output: Page(Item),
  async run(ctx, input) {
    const operation = await need(ctx, input.operation);
    const size = input.state === undefined ? input.limit : BATCH;
    const found: Item[] = [];
    let last = fromCursor(z.string().startsWith("item#"), input.cursor) ?? "item#";
    let [more, full] = [true, false];
    for (let looked = 0; more && !full && found.length < input.limit && looked < MOST; looked += size) {
      const page = await pageAfter(ctx, operation.id, last, size);
      const fit = page.filter(({ item }) => input.state === undefined || item.state === input.state);
      const room = roomFor(
        fit.map(({ item }) => item),
        found,
      );
      full = room < Math.min(fit.length, input.limit - found.length);
      const wanted = full ? room : input.limit - found.length;
      found.push(...fit.slice(0, wanted).map(({ item }) => item));
      more = page.length === size || fit.length > wanted;
      last = (fit.length >= wanted ? fit[wanted - 1] : page.at(-1))?.key ?? last;
    }
    const nextCursor = more ? toCursor(last) : null;
    return { items: found, nextCursor, asOf: ctx.clock.now().toISOString(), partial: false, warnings: [] };
  },
});
