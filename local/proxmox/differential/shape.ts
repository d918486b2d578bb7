import { maskKey } from "./mask.ts";

/** These depend on the host's kernel. */
const IGNORED = /^pressure(cpu|io|memory)/;

export type Row = Readonly<Record<string, unknown>>;

/** True for a JSON object. */
export const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const sorted = (entries: readonly (readonly [string, unknown])[]) =>
  Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));

function flat(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

const unique = (values: readonly string[]) => [...new Set(values)].toSorted();

function shapeOfRows(rows: readonly Row[]) {
  const keys = unique(rows.flatMap((row) => Object.keys(row))).filter((key) => !IGNORED.test(key));
  return {
    list: sorted(
      keys.map((key) => {
        const having = rows.filter((row) => key in row);
        const types = unique(having.map((row) => flat(row[key])));
        return [maskKey(key), { in: having.length === rows.length ? "always" : "sometimes", types }];
      }),
    ),
  };
}

/** The keys and types of some data, without its values. */
export function shapeOf(value: unknown, depth = 0): unknown {
  if (Array.isArray(value)) {
    const rows = value.filter(isRow);
    return rows.length === value.length ? shapeOfRows(rows) : { of: unique(value.map(flat)) };
  }
  if (!isRow(value)) return flat(value);
  if (depth > 2) return "object";
  return sorted(
    Object.entries(value)
      .filter(([key]) => !IGNORED.test(key))
      .map(([key, one]) => [maskKey(key), shapeOf(one, depth + 1)]),
  );
}
