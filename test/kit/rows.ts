import type { Key, Query, Row, Table } from "../../core/db/index.ts";

const HIGH = /[\uD800-\uFFFF]/;

/** DynamoDB sorts by the bytes of UTF-8, which differs from JavaScript's order only where both texts have such characters. */
function byBytes(a: string, b: string): number {
  if (a === b) return 0;
  if (HIGH.test(a) && HIGH.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

/** Rows by a text, in its order. */
class Sorted {
  readonly #rows = new Map<string, Row>();
  readonly #order: string[] = [];

  get size() {
    return this.#order.length;
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  put(key: string, row: Row): void {
    if (!this.#rows.has(key)) {
      const last = this.#order.at(-1);
      if (last === undefined || byBytes(last, key) < 0) this.#order.push(key);
      else this.#order.splice(this.#from(key), 0, key);
    }
    this.#rows.set(key, row);
  }

  remove(key: string): void {
    if (this.#rows.delete(key)) this.#order.splice(this.#from(key), 1);
  }

  all(): Iterable<Row> {
    return this.#rows.values();
  }

  /** Rows from the key `low` on for as long as their keys fit, as far as they are alive. */
  select(
    { low, fits }: { readonly low: string; readonly fits: (key: string) => boolean },
    { reverse = false, limit = Infinity }: Pick<Query, "reverse" | "limit">,
    alive: (row: Row) => boolean,
  ): Row[] {
    const start = this.#from(low);
    let end = start;
    const found: Row[] = [];
    const take = (key: string | undefined) => {
      const row = this.#rows.get(key ?? "");
      if (row && alive(row)) found.push(row);
    };
    while (end < this.#order.length && fits(this.#order[end] ?? "") && found.length < limit) {
      if (!reverse) take(this.#order[end]);
      end += 1;
    }
    if (!reverse) return found;
    for (let at = end - 1; at >= start && found.length < limit; at -= 1) take(this.#order[at]);
    return found;
  }

  /** The place of the first key that is not below `key`. */
  #from(key: string): number {
    let [low, high] = [0, this.#order.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byBytes(this.#order[middle] ?? "", key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

type Partitions = Map<string, Sorted>;

function place(partitions: Partitions, pk: string, sort: string, row: Row | undefined): void {
  let partition = partitions.get(pk);
  if (!partition) {
    if (!row) return;
    partitions.set(pk, (partition = new Sorted()));
  }
  if (row) partition.put(sort, row);
  else partition.remove(sort);
  if (partition.size === 0) partitions.delete(pk);
}

/** Where a row stands in `byTime`, if it does. */
function timeKey(table: Table, row: Row | undefined) {
  const [gpk, gsk] = [row?.["gpk"], row?.["gsk"]];
  if (!row || table !== "History" || typeof gpk !== "string" || typeof gsk !== "string") return undefined;
  return { gpk, sort: `${gsk}\0${row.pk}\0${row.sk}` };
}

/** The rows of all tables and of `byTime`, without conditions and prices. A row is never changed, only replaced. */
export class Rows {
  readonly #tables: Readonly<Record<Table, Partitions>> = {
    State: new Map(),
    Runtime: new Map(),
    History: new Map(),
    Audit: new Map(),
  };
  readonly #byTime: Partitions = new Map();

  get(table: Table, { pk, sk }: Key): Row | undefined {
    return this.#tables[table].get(pk)?.get(sk);
  }

  set(table: Table, key: Key, row: Row | undefined): void {
    const before = timeKey(table, this.get(table, key));
    const after = timeKey(table, row);
    if (before && (before.sort !== after?.sort || before.gpk !== after.gpk))
      place(this.#byTime, before.gpk, before.sort, undefined);
    if (after) place(this.#byTime, after.gpk, after.sort, row);
    place(this.#tables[table], key.pk, key.sk, row);
  }

  select({ table, pk, index, prefix, before, after, ...how }: Query, alive: (row: Row) => boolean): Row[] {
    if ([prefix, before, after].filter((bound) => bound !== undefined).length > 1)
      throw new Error("a query takes one of prefix, before and after");
    const partition = (index ? this.#byTime : this.#tables[table]).get(pk);
    if (!partition) return [];
    const fits = (key: string) =>
      prefix === undefined ? before === undefined || byBytes(key, before) < 0 : key.startsWith(prefix);
    // The next text after a sort key; in the index others follow behind the separator.
    const next = after === undefined ? "" : `${after}${index ? "\u0001" : "\0"}`;
    return partition.select({ low: prefix ?? next, fits }, how, alive);
  }

  /** Every row with its table. */
  *all(): Iterable<{ table: Table; row: Row }> {
    for (const table of ["State", "Runtime", "History", "Audit"] as const)
      for (const partition of this.#tables[table].values())
        for (const row of partition.all()) yield { table, row };
  }
}
