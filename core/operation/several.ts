import type * as z from "zod";
import type { Context } from "../context.ts";
import type { Action } from "../policy/index.ts";
import { verb } from "../verb.ts";
import { accept, type Order } from "./accept.ts";
import type { GuestPlan } from "./guest-plan.ts";
import { toLimits } from "./rate-control.ts";
import { Operation } from "./view.ts";

/** The order that the plan of a bulk call becomes; what differs from the usual stands in `more`. */
export const bulkOrder = (
  action: Action,
  input: Parameters<typeof toLimits>[0],
  planned: GuestPlan,
  more: Partial<Pick<Order, "target" | "override" | "pools" | "afterwards" | "nothing">> = {},
): Order => ({
  kind: planned.kind,
  action,
  tasks: planned.tasks,
  target: `${planned.tasks.length} guests by selector`,
  input,
  bulk: true,
  override: false,
  limits: toLimits(input, planned.summary.run),
  warnings: planned.warnings ?? [],
  ...more,
});

/** A change of every guest that a selector chooses. `permission` is what the caller's role has to cover, where that is not `action`. */
interface Definition<In extends z.ZodType, P extends GuestPlan> {
  readonly action: string;
  readonly permission?: (input: z.output<In>) => string;
  readonly input: In;
  readonly plan: (ctx: Context, input: z.output<In>) => Promise<P>;
  readonly toOrder: (ctx: Context, input: z.output<In>, planned: P) => Order;
  readonly shown?: (planned: P) => unknown;
  readonly preview?: z.ZodType;
}

/** A verb that changes every guest which its selector chooses. */
export function several<In extends z.ZodType, P extends GuestPlan>({
  toOrder,
  ...definition
}: Definition<In, P>) {
  return verb<In, typeof Operation, P>({
    ...definition,
    effect: "write",
    tracked: true,
    single: false,
    output: Operation,
    target: () => "guests by selector",
    run: (ctx, input, planned) => accept(ctx, toOrder(ctx, input, planned)),
  });
}
