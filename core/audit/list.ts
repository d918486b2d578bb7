import * as z from "zod";
import type { Context } from "../context.ts";
import type { Row } from "../db/index.ts";
import { fromCursor, Page, PageInput, toCursor } from "../lib/page.ts";
import { verb } from "../verb.ts";
import { chainKey, SHARDS } from "./chain.ts";
import { Entry } from "./entry.ts";

const DAY_MS = 86_400_000;
/** How far back one request looks, so that a filter that matches nothing ends. */
const DAYS = 31;

const Position = z.object({ day: z.string(), before: z.record(z.string(), z.string()) });
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

const dayBefore = (day: string) =>
  new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);

/** The newest `limit` rows of a day that come before the position, over all its chains. */
async function newest(ctx: Context, position: Position, limit: number): Promise<Row[]> {
  const chains = Array.from({ length: SHARDS }, (_, shard) => {
    const before = position.before[shard];
    const pk = chainKey(position.day, shard);
    return ctx.store.query({ table: "Audit", pk, reverse: true, limit, ...(before ? { before } : {}) });
  });
  const rows = (await Promise.all(chains)).flat();
  return rows.toSorted((a, b) => (String(a["id"]) < String(b["id"]) ? 1 : -1)).slice(0, limit);
}

function past(position: Position, rows: readonly Row[]): Position {
  const before = { ...position.before };
  for (const row of rows) before[row.pk.split("#")[1] ?? ""] = row.sk;
  return { day: position.day, before };
}

/** Entries newest first, refusals too. */
export const list = verb({
  action: "audit.read",
  effect: "read",
  input: Input,
  output: Page(Entry),
  async run(ctx, input) {
    const now = ctx.clock.now().toISOString();
    const items: Entry[] = [];
    let position = fromCursor(Position, input.cursor) ?? { day: now.slice(0, 10), before: {} };
    for (let days = 0; days < DAYS && items.length < input.limit;) {
      const rows = await newest(ctx, position, input.limit - items.length);
      items.push(...rows.map((row) => Entry.parse(row)).filter((entry) => fits(entry, input)));
      position = rows.length > 0 ? past(position, rows) : { day: dayBefore(position.day), before: {} };
      if (rows.length === 0) days += 1;
    }
    const nextCursor = items.length === input.limit ? toCursor(position) : null;
    return { items, nextCursor, asOf: now, partial: false, warnings: [] };
  },
});
