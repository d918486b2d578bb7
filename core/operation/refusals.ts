import * as Audit from "../audit/index.ts";
import type { Context } from "../context.ts";
import { isRefusal } from "../policy/index.ts";
import type { ItemRow } from "./item.ts";

/** An audit entry for each guest that policy took out of a plan. */
export function refusals(
  ctx: Context,
  items: readonly Omit<ItemRow, "operation">[],
  operation?: string,
): Audit.Draft[] {
  return items
    .filter((item) => item.state === "skipped" && isRefusal(item.error?.code))
    .map((item) =>
      Audit.draft(ctx, {
        action: item.action,
        target: item.vm.id,
        outcome: "skipped",
        decision: "refused",
        reason: item.reason ?? "",
        ...(operation === undefined ? {} : { operation }),
      }),
    );
}
