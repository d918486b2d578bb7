import * as z from "zod";
import { Warning } from "./lib/page.ts";

/** What a write would do to one guest, or why it leaves it out. */
export const PlanItem = z.object({
  vm: z.object({ id: z.string(), name: z.string().nullable(), node: z.string() }).nullable(),
  action: z.string(),
  willRun: z.boolean(),
  because: z.string(),
  code: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()).default({}),
});
export type PlanItem = z.infer<typeof PlanItem>;

/** What a write would do. A dry run answers with it; a real run acts on it. */
export const Plan = z.object({
  kind: z.string(),
  items: z.array(PlanItem),
  summary: z.object({ run: z.number().int(), skip: z.number().int() }),
  /** There where guests may be meant of which not everything is known; `warnings` say what. */
  partial: z.literal(true).exactOptional(),
  warnings: z.array(Warning).exactOptional(),
});
export type Plan = z.infer<typeof Plan>;

const Reason = z.object({ code: z.string().nullable(), count: z.number().int(), example: z.string() });

/** A plan as a dry run shows it: in pages, with sums by reason, where it is long. */
export const PlanPage = Plan.extend({
  summary: Plan.shape.summary.extend({ reasons: z.array(Reason).exactOptional() }),
  nextCursor: z.string().nullable().exactOptional(),
});

/** A plan with its sums, and what was not known when it was made. */
export function toPlan(kind: string, items: readonly PlanItem[], warnings: readonly Warning[] = []): Plan {
  const run = items.filter((item) => item.willRun).length;
  const plan = { kind, items: [...items], summary: { run, skip: items.length - run } };
  return warnings.length === 0 ? plan : { ...plan, partial: true, warnings: [...warnings] };
}

/** The plan of a write that concerns no guest. */
export const plainPlan = (action: string, because: string, detail: Record<string, unknown> = {}) =>
  toPlan(action, [{ vm: null, action, willRun: true, because, code: null, detail }]);
