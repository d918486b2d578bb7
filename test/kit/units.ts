import type { Row } from "../../core/db/index.ts";
import { sizeOf as bytesOfRow } from "../../core/db/size.ts";
import { canonical } from "../../core/lib/canonical.ts";

const READ_BYTES = 4096;
const WRITE_BYTES = 1024;

const known = new WeakMap<Row, number>();

/** What a row takes by DynamoDB's rules: the names and the values of its attributes. */
export function sizeOf(row: Row | undefined): number {
  if (!row) return 0;
  const before = known.get(row);
  if (before !== undefined) return before;
  const size = bytesOfRow(row);
  known.set(row, size);
  return size;
}

const steps = (bytes: number, step: number) => Math.max(1, Math.ceil(bytes / step));

/** Read units of rows that are asked for by key: each counts for itself, and one that is not there for one. */
export const unitsOfGets = (rows: readonly (Row | undefined)[], eventual = false) =>
  rows.reduce((sum, row) => sum + steps(sizeOf(row), READ_BYTES), 0) * (eventual ? 0.5 : 1);

/** Read units of a query: its rows count together. */
export const unitsOfQuery = (rows: readonly Row[], eventual = false) =>
  steps(
    rows.reduce((sum, row) => sum + sizeOf(row), 0),
    READ_BYTES,
  ) * (eventual ? 0.5 : 1);

/** Write units of one change: by the larger of the row before and after. One whose condition fails costs what stands there. */
export const unitsOfChange = (before: Row | undefined, after: Row | undefined) =>
  steps(Math.max(sizeOf(before), sizeOf(after)), WRITE_BYTES);

const inIndex = (row: Row | undefined) =>
  typeof row?.["gpk"] === "string" && typeof row["gsk"] === "string" ? row : undefined;

/** Write units of `byTime`, which holds whole rows: nothing when nothing changes, twice when the row gets another place. */
export function unitsOfIndex(before: Row | undefined, after: Row | undefined): number {
  const [old, next] = [inIndex(before), inIndex(after)];
  if (!old && !next) return 0;
  if (!old || !next) return steps(sizeOf(old ?? next), WRITE_BYTES);
  if (old["gpk"] !== next["gpk"] || old["gsk"] !== next["gsk"])
    return steps(sizeOf(old), WRITE_BYTES) + steps(sizeOf(next), WRITE_BYTES);
  return canonical(old) === canonical(next) ? 0 : unitsOfChange(old, next);
}
