import {
  LostRace,
  type Change,
  type Condition,
  type Key,
  type Query,
  type Row,
  type Store,
  type Table,
} from "../../core/db/index.ts";
import { keyOf, textOf } from "../../core/db/merge.ts";
import { isExpired } from "../../core/db/row.ts";
import { transactionOf } from "../../core/db/transaction.ts";
import { canonical } from "../../core/lib/canonical.ts";
import { systemClock, type Clock } from "../../core/lib/clock.ts";
import { changed } from "./change.ts";
import { checkShape, checkSizes } from "./limits.ts";
import { Rows } from "./rows.ts";
import { unitsOfChange, unitsOfGets, unitsOfIndex, unitsOfQuery } from "./units.ts";

const at = (row: unknown, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>(
      (value, part) =>
        typeof value === "object" && value !== null && !Array.isArray(value)
          ? Reflect.get(value, part)
          : undefined,
      row,
    );

function holds(row: Row | undefined, when: Condition | undefined): boolean {
  if (!when) return true;
  if (when.exists !== undefined && when.exists !== (row !== undefined)) return false;
  const equal = Object.entries(when.equals ?? {}).every(([path, value]) => at(row, path) === value);
  const among = Object.entries(when.oneOf ?? {}).every(([path, values]) =>
    values.some((value) => at(row, path) === value),
  );
  const below = Object.entries(when.below ?? {}).every(([path, limit]) => {
    const value = at(row, path);
    return typeof value === "number" && value < limit;
  });
  return equal && among && below;
}

/** A repeated put of the very same row is the answer that got lost, as in core/db/write.ts. */
const isRepeat = (changes: readonly Change[], change: Change, current: Row | undefined) =>
  changes.length === 1 && "put" in change && current && canonical(current) === canonical(change.put);

/** Where rows are kept: in memory, unless a bench has too many for that. */
type Kept = Pick<Rows, "get" | "set" | "select" | "all">;

/** Which change does not find what it needs; undefined when all may be made. */
function loser(rows: Kept, changes: readonly Change[]): LostRace | "repeat" | undefined {
  for (const [index, change] of changes.entries()) {
    const current = rows.get(change.table, keyOf(change));
    if (holds(current, change.when)) continue;
    return isRepeat(changes, change, current) ? "repeat" : new LostRace(index, current);
  }
  return undefined;
}

/** What DynamoDB would charge, in its units, since the last reset. */
export interface Units {
  read: number;
  write: number;
  reset(): void;
}

/** What the store costs; a transaction costs double, also one whose condition fails. */
function meter() {
  const units: Units = {
    read: 0,
    write: 0,
    reset() {
      units.read = 0;
      units.write = 0;
    },
  };
  return {
    units,
    charge: (rows: Kept, changes: readonly Change[], after?: readonly (Row | undefined)[]) => {
      const factor = changes.length > 1 ? 2 : 1;
      for (const [index, change] of changes.entries()) {
        const before = rows.get(change.table, keyOf(change));
        const next = "put" in change ? change.put : (after?.[index] ?? before);
        units.write += factor * unitsOfChange(before, next);
        if (after && change.table === "History" && !("check" in change))
          units.write += unitsOfIndex(before, after[index]);
      }
    },
  };
}

/**
 * A store in memory that keeps DynamoDB's promises, held to them by the store's contract test. Rows are frozen and
 * shared with whoever reads them; `clock` says which have expired. `writes` counts changes by table, `units` what all calls would cost.
 */
export function memoryStore(clock: Pick<Clock, "now"> = systemClock, rows: Kept = new Rows()) {
  const alive = (row: Row) => !isExpired(row, clock.now());
  const found = (row: Row | undefined) => (row && alive(row) ? row : undefined);
  const writes: Record<Table, number> = { State: 0, Runtime: 0, History: 0, Audit: 0 };
  const { units, charge } = meter();

  const store: Store = {
    async get(table, key, how) {
      const row = rows.get(table, key);
      units.read += unitsOfGets([row], how?.eventual);
      return found(row);
    },
    async getMany(table, keys, how) {
      const once = new Map(keys.map((key) => [textOf(table, key), key]));
      const all = [...once.values()].map((key) => rows.get(table, key));
      units.read += unitsOfGets(all, how?.eventual);
      return all.map(found).filter((row) => row !== undefined);
    },
    async query(query: Query) {
      const read = rows.select(query, alive);
      units.read += unitsOfQuery(read, query.index !== undefined || query.eventual);
      return read;
    },
    async write(given) {
      const parts = transactionOf(given);
      const changes = parts.map(({ change }) => change);
      checkShape(changes);
      const lost = loser(rows, changes);
      if (lost) charge(rows, changes);
      if (lost === "repeat") return;
      if (lost) throw new LostRace(parts[lost.index]?.origin ?? 0, lost.current);
      const before = changes.map((change) => rows.get(change.table, keyOf(change)));
      const after = changes.map((change, index) => changed(before[index], change));
      checkSizes(changes, before, after);
      charge(rows, changes, after);
      for (const [index, change] of changes.entries()) {
        if ("check" in change) continue;
        writes[change.table] += 1;
        rows.set(change.table, keyOf(change), after[index]);
      }
    },
  };
  return {
    ...store,
    writes,
    units,
    /** A row as it is, free of charge: for the machinery of tests. */
    peek: (table: Table, key: Key) => rows.get(table, key),
    dump: () => [...rows.all()],
  };
}

export type MemoryStore = ReturnType<typeof memoryStore>;
