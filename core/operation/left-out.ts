import { fitting, LIMITS, type Change, type Row } from "../db/index.ts";
import { isRefusal } from "../policy/index.ts";
import { KEEP_SECONDS } from "./accepted.ts";
import { itemKey } from "./item.ts";
import type { Laid } from "./lay.ts";
import type { OperationRow } from "./operation.ts";

/** An item of a plan as it is written. */
export const rowOf = ({ id, createdAt }: OperationRow, item: Laid["items"][number]): Row => ({
  ...itemKey(id, item.n),
  ...item,
  operation: id,
  expiresAt: Math.floor(Date.parse(createdAt) / 1000) + KEEP_SECONDS,
});

/**
 * The next items of an operation, where the plan has ended them and the audit log need not tell of them: as many as one
 * transaction takes with the operation's own row, or none if that is fewer than `least` of those that are to come. Pure.
 */
export function leftOut(operation: OperationRow, { items }: Laid, least: number): Change[] {
  const next = items.slice(operation.cursor, operation.cursor + LIMITS.changes);
  const end = next.findIndex(({ state, error }) => state !== "skipped" || isRefusal(error?.code));
  const puts = next
    .slice(0, end < 0 ? next.length : end)
    .map((item): Change => ({ table: "History", put: rowOf(operation, item) }));
  if (puts.length < Math.min(least, Math.max(1, next.length))) return [];
  return puts.slice(
    0,
    fitting(
      puts.map((put) => [put]),
      { changes: 1, bytes: LIMITS.row },
    ),
  );
}
