import * as z from "zod";
import type { Context } from "../context.ts";
import { fromCursor, Page, PageInput, toCursor } from "../lib/page.ts";
import { verb } from "../verb.ts";
import { OperationRow } from "./operation.ts";
import { Operation, present } from "./view.ts";

const BATCH = 100;
/** How many operations one request looks through for a filter that fits few. */
const MOST = 1000;

const Input = z.strictObject({
  ...PageInput,
  state: Operation.shape.state.optional(),
  kind: z.string().max(60).optional(),
  actor: z.string().max(100).optional(),
  jobId: z.string().max(40).optional(),
});
type Input = z.infer<typeof Input>;

const fits = (operation: Operation, input: Input) =>
  (input.state === undefined || operation.state === input.state) &&
  (input.kind === undefined || operation.kind === input.kind) &&
  (input.actor === undefined || operation.actor === input.actor) &&
  (input.jobId === undefined || operation.jobId === input.jobId);

async function batch(ctx: Context, before: string | undefined): Promise<Operation[]> {
  const query = { table: "History", index: "byTime", pk: "operation", reverse: true, limit: BATCH } as const;
  const rows = await ctx.store.query(before === undefined ? query : { ...query, before });
  return Promise.all(rows.map((row) => present(ctx, OperationRow.parse(row))));
}

/** Operations newest first. The list may lag behind by a moment; one operation by its id never does. */
export const list = verb({
  action: "operation.list",
  effect: "read",
  input: Input,
  output: Page(Operation),
  async run(ctx, input) {
    const items: Operation[] = [];
    let last = fromCursor(z.string().startsWith("op_"), input.cursor);
    let more = true;
    for (let looked = 0; more && items.length < input.limit && looked < MOST; looked += BATCH) {
      const found = await batch(ctx, last);
      more = found.length === BATCH;
      for (const operation of found) {
        if (items.length === input.limit) {
          more = true;
          break;
        }
        last = operation.id;
        if (fits(operation, input)) items.push(operation);
      }
    }
    const nextCursor = more && last !== undefined ? toCursor(last) : null;
    return { items, nextCursor, asOf: ctx.clock.now().toISOString(), partial: false, warnings: [] };
  },
});
