import * as z from "zod";
import { fromCursor, Page, PageInput, toCursor } from "../lib/page.ts";
import { verb } from "../verb.ts";
import { need, OperationId } from "./get.ts";
import { ItemRow } from "./item.ts";
import { partition } from "./operation.ts";
import { Item, toItem } from "./view.ts";

const Input = z.strictObject({ operation: OperationId, ...PageInput, state: Item.shape.state.optional() });

/** The items of an operation in their order. */
export const items = verb({
  action: "operation.items",
  effect: "read",
  input: Input,
  output: Page(Item),
  async run(ctx, input) {
    const operation = await need(ctx, input.operation);
    const found: Item[] = [];
    let last = fromCursor(z.string().startsWith("item#"), input.cursor) ?? "item#";
    let more = true;
    let cut = false;
    while (more && found.length < input.limit) {
      const rows = await ctx.store.query({
        table: "History",
        pk: partition(operation.id),
        after: last,
        limit: input.limit,
      });
      const page = rows.filter((row) => row.sk.startsWith("item#"));
      more = page.length === input.limit;
      for (const row of page) {
        cut = found.length === input.limit;
        if (cut) break;
        last = row.sk;
        const item = toItem(ItemRow.parse(row));
        if (input.state === undefined || item.state === input.state) found.push(item);
      }
    }
    const nextCursor = more || cut ? toCursor(last) : null;
    return { items: found, nextCursor, asOf: ctx.clock.now().toISOString(), partial: false, warnings: [] };
  },
});
