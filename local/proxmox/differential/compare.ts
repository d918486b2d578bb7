import { isRow, type Row } from "./shape.ts";
import type { Answer, Answers, Step } from "./step.ts";

/** Differs from run to run on genuine hosts, so that it says nothing. */
const VOLATILE = "<volatile>";

/** Where two answers differ. */
interface Difference {
  readonly what: string;
  readonly expected: unknown;
  readonly got: unknown;
}

const differs = (what: string, expected: unknown, got: unknown): Difference[] => [{ what, expected, got }];
const keysOf = (a: object, b: object) => [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted();

function inValue(a: unknown, b: unknown, at: string): Difference[] {
  if (a === VOLATILE || b === VOLATILE) return [];
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length
      ? a.flatMap((one, index) => inValue(one, b[index], `${at}[${index}]`))
      : differs(at, a, b);
  if (isRow(a) && isRow(b)) return keysOf(a, b).flatMap((key) => inValue(a[key], b[key], `${at}.${key}`));
  return a === b ? [] : differs(at, a, b);
}

interface Column {
  readonly in: string;
  readonly types: readonly string[];
}
const columnsOf = (list: unknown): Readonly<Record<string, Column>> =>
  isRow(list) ? Object.fromEntries(Object.entries(list).map(([key, value]) => [key, columnOf(value)])) : {};
const columnOf = (value: unknown): Column => {
  const row = isRow(value) ? value : {};
  return { in: String(row.in), types: Array.isArray(row.types) ? row.types.map(String) : [] };
};

/** One column of a list of rows. `exact`: both lists have the same, counted rows. */
function inColumn(
  x: Column | undefined,
  y: Column | undefined,
  at: { name: string; exact: boolean },
): Difference[] {
  const { name, exact } = at;
  if (!x) return y && (exact || y.in === "always") ? differs(name, "(absent)", y.types) : [];
  if (!y) return x.in === "always" ? differs(name, x.types, "(absent)") : [];
  if (y.types.some((type) => !x.types.includes(type))) return differs(name, x.types, y.types);
  return exact && x.in === "always" && y.in !== "always" ? differs(name, x.in, y.in) : [];
}

function inList(a: unknown, b: unknown, at: { name: string; exact: boolean }): Difference[] {
  const [left, right] = [columnsOf(a), columnsOf(b)];
  const counts = [Object.keys(left).length, Object.keys(right).length];
  if (counts.includes(0))
    return at.exact && counts[0] !== counts[1]
      ? differs(at.name, counts[0] ? "rows" : "empty", counts[1] ? "rows" : "empty")
      : [];
  return keysOf(left, right).flatMap((key) =>
    inColumn(left[key], right[key], { name: `${at.name}[].${key}`, exact: at.exact }),
  );
}

const isEmptyList = (value: unknown) =>
  isRow(value) && isRow(value.list) && Object.keys(value.list).length === 0;
const typesOf = (value: unknown) =>
  isRow(value) && Array.isArray(value.of) ? value.of.map(String) : undefined;

/** Two lists, of rows or of plain values; nothing when one of them is no list. */
function inLists(a: Row, b: Row, at: { name: string; exact: boolean }): Difference[] | undefined {
  if (a.list && b.list) return inList(a.list, b.list, at);
  const [left, right] = [typesOf(a), typesOf(b)];
  if (left && right) return right.some((type) => !left.includes(type)) ? differs(at.name, left, right) : [];
  if ((left && isEmptyList(b)) || (right && isEmptyList(a))) return [];
  return a.list || b.list || left || right ? differs(at.name, a, b) : undefined;
}

function inShape(a: unknown, b: unknown, at: { name: string; exact: boolean }): Difference[] {
  if (a === VOLATILE || b === VOLATILE) return [];
  if (!isRow(a) || !isRow(b)) return a === b ? [] : differs(at.name, a, b);
  return (
    inLists(a, b, at) ??
    keysOf(a, b).flatMap((key) => inShape(a[key], b[key], { ...at, name: `${at.name}.${key}` }))
  );
}

function inData(a: Answer, b: Answer, loose: ReadonlySet<string>): Difference[] {
  const counted = [a.rows, b.rows].every((rows) => rows !== undefined && rows !== VOLATILE);
  const exact = counted && !loose.has("rows");
  if (exact && a.rows !== b.rows) return differs("rows", a.rows, b.rows);
  if (a.shape === undefined && b.shape === undefined) return [];
  return inShape(a.shape, b.shape, { name: "shape", exact });
}

/** The differences that count: status, reason, errors, the task and the shape of the data. */
function differences(step: Step, expected: Answer, got: Answer): Difference[] {
  const loose = new Set(step.loose);
  const own = (["status", "reason", "errors", "task"] as const)
    .filter((field) => !loose.has(field))
    .flatMap((field) => inValue(expected[field], got[field], field));
  return loose.has("shape") ? own : [...own, ...inData(expected, got, loose)];
}

/** Steps that only tidy up: nothing of them is compared. */
const isHousekeeping = ({ loose = [] }: Step) =>
  ["status", "reason", "shape", "task"].every((field) => loose.includes(field));

export interface Comparison {
  readonly name: string;
  readonly differences: readonly Difference[];
}

/** Every step that genuine daemons answered, with what differs. */
export function compare(steps: readonly Step[], expected: Answers, got: Answers): Comparison[] {
  return steps.flatMap((step) => {
    const real = expected[step.name];
    if (!real || isHousekeeping(step)) return [];
    const ours = got[step.name] ?? { status: 0, reason: "not played" };
    return [{ name: step.name, differences: differences(step, real, ours) }];
  });
}
