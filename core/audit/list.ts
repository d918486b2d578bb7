import * as z from "zod";
import type { Context } from "../context.ts";
import type { Row } from "../db/index.ts";
import { unknownFilter } from "../lib/filter.ts";
import { fromCursor, Page, PageInput, roomFor, toCursor } from "../lib/page.ts";
import { verb } from "../verb.ts";
import { chainKey, DAYS, SHARDS } from "./chain.ts";
import { Entry } from "./entry.ts";

/** How many entries one request looks through for a filter that fits few; the cursor goes on from there. */
const MOST = 2000;

const Position = z.object({ day: z.iso.date(), before: z.record(z.string(), z.string()) });
type Position = z.infer<typeof Position>;

const Filter = {
  actor: z.string().max(100).optional(),
  action: z.string().max(60).optional(),
  target: z.string().max(200).optional(),
  operation: z.string().max(40).optional(),
  outcome: Entry.shape.outcome.optional(),
  decision: Entry.shape.decision.optional(),
};
const Input = z.strictObject({ ...PageInput, ...Filter });
type Input = z.infer<typeof Input>;

const fits = (entry: Entry, input: Input) =>
  (input.actor === undefined || entry.actor === input.actor) &&
  (input.action === undefined || entry.action === input.action) &&
  (input.target === undefined || entry.target === input.target) &&
  (input.operation === undefined || entry.operation === input.operation) &&
  (input.outcome === undefined || entry.outcome === input.outcome) &&
  (input.decision === undefined || entry.decision === input.decision);

/** The newest day with entries before this one. */
async function dayBefore(ctx: Context, day: string): Promise<string | undefined> {
  const [row] = await ctx.store.query({ table: "Audit", pk: DAYS, before: day, reverse: true, limit: 1 });
  return row?.sk;
}

/** The newest `limit` rows of a day that come before the position, over all its chains. */
async function newest(ctx: Context, position: Position, limit: number): Promise<Row[]> {
  const chains = Array.from({ length: SHARDS }, (_, shard) => {
    const before = position.before[shard];
    const pk = chainKey(position.day, shard);
    return ctx.store.query({ table: "Audit", pk, reverse: true, limit, ...(before ? { before } : {}) });
  });
  return merge(await Promise.all(chains), limit);
}

/**
 * The newest rows by id, but each chain in its own order: a writer that had to try again stands after a newer
 * entry, and a position within a chain must not skip it.
 */
function merge(chains: readonly (readonly Row[])[], limit: number): Row[] {
  const taken = chains.map(() => 0);
  const rows: Row[] = [];
  while (rows.length < limit) {
    const heads = chains.flatMap((chain, index) => {
      const row = chain[taken[index] ?? 0];
      return row ? [{ row, index }] : [];
    });
    const [first, ...others] = heads;
    if (!first) break;
    const best = others.reduce((a, b) => (String(b.row["id"]) > String(a.row["id"]) ? b : a), first);
    rows.push(best.row);
    taken[best.index] = (taken[best.index] ?? 0) + 1;
  }
  return rows;
}

function past(position: Position, rows: readonly Row[]): Position {
  const before = { ...position.before };
  for (const row of rows) before[row.pk.split("#")[1] ?? ""] = row.sk;
  return { day: position.day, before };
}

/**
 * The entries that fit, from a position on, all that were looked at for them, and the position after the last of
 * these; none at the end of the log.
 */
async function collect(ctx: Context, input: Input, start: Position) {
  const items: Entry[] = [];
  const seen: Entry[] = [];
  let position: Position | undefined = start;
  for (let looked = 0; position && items.length < input.limit && looked < MOST;) {
    const found: Row[] = await newest(ctx, position, input.limit - items.length);
    const entries = found.map((row) => Entry.parse(row));
    const rows = found.slice(0, roomFor(entries, items));
    items.push(...entries.slice(0, rows.length).filter((entry) => fits(entry, input)));
    seen.push(...entries);
    looked += rows.length;
    if (rows.length < found.length) return { items, seen, position: past(position, rows) };
    if (rows.length > 0) position = past(position, rows);
    else {
      const day: string | undefined = await dayBefore(ctx, position.day);
      position = day === undefined ? undefined : { day, before: {} };
    }
  }
  return { items, seen, position };
}

/** The filters of free text that none of these entries fits. */
const misspelt = ({ actor, action, target, operation }: Input, entries: readonly Entry[]) => [
  ...unknownFilter(
    "actor",
    actor,
    entries.map((entry) => entry.actor),
  ),
  ...unknownFilter(
    "action",
    action,
    entries.map((entry) => entry.action),
  ),
  ...unknownFilter(
    "target",
    target,
    entries.map((entry) => entry.target),
  ),
  ...unknownFilter(
    "operation",
    operation,
    entries.map((entry) => entry.operation),
  ),
];

/** Entries newest first, refusals too. */
export const list = verb({
  action: "audit.read",
  effect: "read",
  input: Input,
  output: Page(Entry),
  async run(ctx, input) {
    const now = ctx.clock.now().toISOString();
    const start = fromCursor(Position, input.cursor) ?? { day: now.slice(0, 10), before: {} };
    const { items, seen, position } = await collect(ctx, input, start);
    const nextCursor = position ? toCursor(position) : null;
    // Only who has looked at all of them knows what there is none of.
    const isWhole = items.length === 0 && nextCursor === null && input.cursor === undefined;
    return { items, nextCursor, asOf: now, partial: false, warnings: isWhole ? misspelt(input, seen) : [] };
  },
});
