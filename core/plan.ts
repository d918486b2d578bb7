import * as z from "zod";

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
});
export type Plan = z.infer<typeof Plan>;

/** A plan with its sums. */
export function toPlan(kind: string, items: readonly PlanItem[]): Plan {
  const run = items.filter((item) => item.willRun).length;
  return { kind, items: [...items], summary: { run, skip: items.length - run } };
}

/** The plan of a write that concerns no guest. */
export const plainPlan = (action: string, because: string, detail: Record<string, unknown> = {}) =>
  toPlan(action, [{ vm: null, action, willRun: true, because, code: null, detail }]);
