import * as z from "zod";
import type { Context } from "../context.ts";
import { pooled } from "../lib/pool.ts";
import { fromCursor, Page, PageInput, roomFor, toCursor } from "../lib/page.ts";
import { verb } from "../verb.ts";
import { OperationRow } from "./operation.ts";
import { Operation, present } from "./view.ts";

const BATCH = 100;
/** How many operations one request looks through for a filter that fits few. */
const MOST = 1000;
const WIDTH = 10;

const Input = z.strictObject({
  ...PageInput,
  state: Operation.shape.state.optional(),
  kind: z.string().max(60).optional(),
  actor: z.string().max(100).optional(),
  jobId: z.string().max(40).optional(),
});
type Input = z.infer<typeof Input>;

const UNENDED: readonly Input["state"][] = ["queued", "running"];

/** What the row alone tells; whether an open operation has begun is told by its lanes. */
const mayFit = (row: OperationRow, input: Input) =>
  (input.kind === undefined || row.kind === input.kind) &&
  (input.actor === undefined || row.actor.id === input.actor) &&
  (input.jobId === undefined || row.jobId === input.jobId) &&
  (input.state === undefined || row.state === "open" || row.state === input.state) &&
  (row.state === "open" || !UNENDED.includes(input.state));

async function batch(ctx: Context, before: string | undefined): Promise<OperationRow[]> {
  const query = { table: "History", index: "byTime", pk: "operation", reverse: true, limit: BATCH } as const;
  const rows = await ctx.store.query(before === undefined ? query : { ...query, before });
  return rows.map((row) => OperationRow.parse(row));
}

/** Those that fit, in their order. An index may show one as open that has ended: then its lanes are gone, and it is read again. */
async function fitting(ctx: Context, rows: readonly OperationRow[], input: Input): Promise<Operation[]> {
  const found = await pooled(
    rows.filter((row) => mayFit(row, input)),
    WIDTH,
    (row) => present(ctx, row),
  );
  return found.filter(({ state }) => input.state === undefined || state === input.state);
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
    let [more, full] = [true, false];
    for (let looked = 0; more && !full && looked < MOST; looked += BATCH) {
      const found = await batch(ctx, last);
      const fit = await fitting(ctx, found, input);
      const room = roomFor(fit, items);
      const wanted = Math.min(input.limit - items.length, room < fit.length ? room : Infinity);
      items.push(...fit.slice(0, wanted));
      more = found.length === BATCH || fit.length > wanted;
      full = items.length >= input.limit || fit.length > wanted;
      last = (fit.length >= wanted ? fit[wanted - 1]?.id : found.at(-1)?.id) ?? last;
    }
    const nextCursor = more && last !== undefined ? toCursor(last) : null;
    return { items, nextCursor, asOf: ctx.clock.now().toISOString(), partial: false, warnings: [] };
  },
});
