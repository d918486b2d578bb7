import * as z from "zod";
import { Guest, readAll } from "../inventory/index.ts";
import { Flag } from "../lib/field.ts";
import { Warning, withinBytes } from "../lib/page.ts";
import { explain, nobodyKnows, parseExpression, printExpression, TagExpression } from "../selector/index.ts";
import { verb } from "../verb.ts";

/** What a Lambda function may answer is bounded: in guests, and in bytes of each of the two lists. */
const MOST = 1000;
const MOST_BYTES = 2_000_000;

const Ref = Guest.pick({ id: true, name: true, node: true });

function first<T>(items: readonly T[], limit: number): T[] {
  const wanted = items.slice(0, limit);
  return wanted.slice(0, withinBytes(wanted, MOST_BYTES));
}

/** Parses a tag expression and says who fits, and of everybody else why not. Templates are judged like other guests. */
export const evaluate = verb({
  action: "tag.evaluate",
  effect: "read",
  input: z.strictObject({
    expression: TagExpression,
    limit: z.number().int().min(0).max(MOST).describe("Guests told of each kind").default(MOST),
    fresh: Flag.default(false),
  }),
  output: z.object({
    normalised: z.string(),
    matches: z.array(Guest),
    others: z.array(z.object({ vm: Ref, because: z.string() })),
    summary: z.object({ matches: z.number().int(), others: z.number().int() }),
    asOf: z.string(),
    partial: z.boolean(),
    warnings: z.array(Warning),
  }),
  async run(ctx, { expression: text, limit, fresh }) {
    const expression = parseExpression(text);
    const { guests, asOf, partial, warnings } = await readAll(ctx, { fresh });
    const judged = guests.map((vm) => {
      const known = !vm.unknown?.includes("tags");
      return { vm, ...(known ? explain(expression, vm.tags) : nobodyKnows("its tags")) };
    });
    const fitting = judged.filter((one) => one.matches).map(({ vm }) => vm);
    const others = judged.filter((one) => !one.matches).map(({ vm, because }) => ({ vm, because }));
    return {
      normalised: printExpression(expression),
      matches: first(fitting, limit),
      others: first(others, limit),
      summary: { matches: fitting.length, others: others.length },
      asOf,
      partial,
      warnings: [...warnings],
    };
  },
});
