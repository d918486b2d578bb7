import * as z from "zod";
import { fromCursor, PageInput, toCursor, withinBytes } from "../../core/lib/page.ts";

/** Which page of a plan is asked for; without a limit it is as much as fits. */
export const PlanPageInput = z.object({ ...PageInput, limit: PageInput.limit.unwrap().optional() });
type PlanPageInput = z.infer<typeof PlanPageInput>;

const Planned = z.looseObject({ items: z.array(z.looseObject({})), summary: z.looseObject({}) });
const Left = z.looseObject({ willRun: z.literal(false), code: z.string().nullable(), because: z.string() });
const After = z.strictObject({ plan: z.number().int().min(1) });

/** A page of a plan is something to read. */
const MOST_BYTES = 400_000;

/** How many guests are left out for each reason, and what is said of the first of them. */
function reasonsOf(items: readonly unknown[]) {
  const left = items.flatMap((item) => Left.safeParse(item).data ?? []);
  return [...Map.groupBy(left, ({ code }) => code)].map(([code, [first, ...others]]) => ({
    code,
    count: others.length + 1,
    example: first?.because ?? "",
  }));
}

/**
 * A page of the plan of a dry run. One that is longer than its page begins with its sums by reason, and whom the selector
 * left out comes last. It is made anew for each page: a guest that comes or goes in between moves the others.
 */
export function planPage(plan: unknown, page: PlanPageInput): unknown {
  const planned = Planned.safeParse(plan).data;
  if (!planned) return plan;
  const { items: all, summary, ...rest } = planned;
  const start = fromCursor(After, page.cursor)?.plan ?? 0;
  const wanted = all.slice(start, start + (page.limit ?? all.length));
  const items = wanted.slice(0, withinBytes(wanted, MOST_BYTES));
  if (items.length === all.length) return plan;
  const end = start + items.length;
  const nextCursor = end < all.length ? toCursor({ plan: end }) : null;
  return { ...rest, summary: { ...summary, reasons: reasonsOf(all) }, items, nextCursor };
}
