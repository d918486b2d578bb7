import type { World } from "../context.ts";
import type { Order } from "../operation/index.ts";
import { putRun, type RunRow } from "./runs-store.ts";

/** The order of a job's kind as that of one of its runs, whose row is written with what the order itself writes. */
export const toRunOrder = (
  world: World,
  order: Order,
  run: Pick<RunRow, "job" | "trigger" | "scheduledAt">,
): Order => ({
  ...order,
  audited: "job.run",
  target: run.job,
  jobId: run.job,
  alongside: (operation) => [
    ...(order.alongside?.(operation) ?? []),
    putRun(world, { ...run, operation, reason: null }),
  ],
});
