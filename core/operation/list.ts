import * as z from "zod";
import type { Context, World } from "../context.ts";
import { unknownFilter } from "../lib/filter.ts";
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

/** Tells whether there is such a job, with operations or without. */
type HasJob = (world: World, id: string) => Promise<boolean>;

/** The filters that none of these operations fits; a job may be there that has none yet. */
async function misspelt(ctx: Context, input: Input, rows: readonly OperationRow[], hasJob: HasJob) {
  const { kind, actor, jobId } = input;
  const isJob = jobId !== undefined && (await hasJob(ctx, jobId));
  const kinds = rows.map((row) => row.kind);
  const actors = rows.map((row) => row.actor.id);
  const jobs = rows.map((row) => row.jobId);
  return [
    ...unknownFilter("kind", kind, kinds),
    ...unknownFilter("actor", actor, actors),
    ...(isJob ? [] : unknownFilter("jobId", jobId, jobs)),
  ];
}

/** The operations of a page, all that were looked at for it, and where the next page begins. */
async function collect(ctx: Context, input: Input) {
  const items: Operation[] = [];
  const seen: OperationRow[] = [];
  let last = fromCursor(z.string().startsWith("op_"), input.cursor);
  let [more, full] = [true, false];
  for (let looked = 0; more && !full && looked < MOST; looked += BATCH) {
    const found = await batch(ctx, last);
    seen.push(...found);
    const fit = await fitting(ctx, found, input);
    const room = roomFor(fit, items);
    const wanted = Math.min(input.limit - items.length, room < fit.length ? room : Infinity);
    items.push(...fit.slice(0, wanted));
    more = found.length === BATCH || fit.length > wanted;
    full = items.length >= input.limit || fit.length > wanted;
    last = (fit.length >= wanted ? fit[wanted - 1]?.id : found.at(-1)?.id) ?? last;
  }
  return { items, seen, nextCursor: more && last !== undefined ? toCursor(last) : null };
}

/**
 * A verb that lists operations, newest first. The list may lag behind by a moment; one operation by its id never does.
 * `hasJob` tells whether a job that a filter names is there.
 */
export const listing = (hasJob: HasJob) =>
  verb({
    action: "operation.list",
    effect: "read",
    input: Input,
    output: Page(Operation),
    async run(ctx, input) {
      const { items, seen, nextCursor } = await collect(ctx, input);
      // Only who has looked at all of them knows what there is none of.
      const isWhole = items.length === 0 && nextCursor === null && input.cursor === undefined;
      const warnings = isWhole ? await misspelt(ctx, input, seen, hasJob) : [];
      return { items, nextCursor, asOf: ctx.clock.now().toISOString(), partial: false, warnings };
    },
  });
