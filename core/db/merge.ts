import { canonical } from "../lib/canonical.ts";
import type { Change, Condition, Key, Table } from "./store.ts";

/** The row that a change is about. */
export function keyOf(change: Change): Key {
  if ("put" in change) return change.put;
  if ("update" in change) return change.update;
  return "remove" in change ? change.remove : change.check;
}

/** A row's place as a text. */
export const textOf = (table: Table, { pk, sk }: Key) => `${table}\n${pk}\n${sk}`;

/** The place of the row that a change is about. */
export const placeOf = (change: Change) => textOf(change.table, keyOf(change));

/** One condition for both, where one of them has none or both have the same. */
function both(one: Condition | undefined, other: Condition | undefined): Condition | undefined | "neither" {
  if (one === undefined || other === undefined) return one ?? other;
  return canonical(one) === canonical(other) ? one : "neither";
}

type Update = Extract<Change, { update: unknown }>;

const pathsOf = ({ set = {}, add = {}, unset = [] }: Update) => [
  ...Object.keys(set),
  ...Object.keys(add),
  ...unset,
];

const overlap = (a: string, b: string) => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);

function bothUpdates(one: Update, other: Update): Change | undefined {
  if (pathsOf(one).some((path) => pathsOf(other).some((second) => overlap(path, second)))) return undefined;
  return {
    ...one,
    set: { ...one.set, ...other.set },
    add: { ...one.add, ...other.add },
    unset: [...(one.unset ?? []), ...(other.unset ?? [])],
    bytes: Math.max(one.bytes ?? 0, other.bytes ?? 0),
  };
}

/** Two changes of one row, the second after the first, as one; undefined where they contradict each other. */
export function merged(first: Change, second: Change): Change | undefined {
  if (canonical(first) === canonical(second)) return first;
  const when = both(first.when, second.when);
  if (when === "neither") return undefined;
  const condition = when === undefined ? {} : { when };
  if ("check" in first) return { ...second, ...condition };
  if ("check" in second || ("remove" in first && "remove" in second)) return { ...first, ...condition };
  // What was forgotten is remembered anew. The other way round, something would be lost that was just told.
  if ("remove" in first && "put" in second && !first.when) return second;
  if (!("update" in first && "update" in second)) return undefined;
  const update = bothUpdates(first, second);
  return update && { ...update, ...condition };
}
