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
import { canonical } from "../../core/lib/canonical.ts";

type Mutable = { [name: string]: unknown };

const MOST = 100;

const invalid = (text: string) => new Error(`ValidationException: ${text}`);

const isMap = (value: unknown): value is Mutable =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const at = (row: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((value, part) => (isMap(value) ? value[part] : undefined), row);

/** A value as it comes back from DynamoDB: without what is undefined; what it cannot hold is an error. */
function stored(value: unknown): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER)
    return value;
  if (Array.isArray(value)) return value.filter((entry) => entry !== undefined).map(stored);
  const plain = isMap(value) && Object.getPrototypeOf(value) === Object.prototype;
  if (!plain) throw invalid(`a ${typeof value} that cannot be stored`);
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(entries.map(([name, entry]) => [name, stored(entry)]));
}

function storedRow(row: Row): Row {
  const { pk, sk } = row;
  if (pk === "" || sk === "") throw invalid("an empty key");
  const copy = stored({ ...row });
  return { ...(isMap(copy) ? copy : {}), pk, sk };
}

function assign(row: Mutable, path: string, value: unknown) {
  const parts = path.split(".");
  const last = parts.pop() ?? path;
  const parent = parts.reduce<unknown>((map, part) => (isMap(map) ? map[part] : undefined), row);
  if (!isMap(parent)) throw invalid(`the document path ${path} is not there`);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
}

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

const keyOf = (change: Change): Key =>
  "put" in change
    ? change.put
    : "update" in change
      ? change.update
      : "remove" in change
        ? change.remove
        : change.check;

function added(row: Mutable, path: string, value: number): number {
  const before = at(row, path) ?? 0;
  if (typeof before !== "number") throw invalid(`${path} is no number`);
  return before + value;
}

function changed(row: Row | undefined, change: Change): Row | undefined {
  if ("put" in change) return storedRow(change.put);
  if ("remove" in change) return undefined;
  if ("check" in change) return row;
  const { pk, sk } = change.update;
  const next: Mutable = structuredClone({ ...row, pk, sk });
  const { set = {}, add = {}, unset = [] } = change;
  if (Object.keys(set).length + Object.keys(add).length + unset.length === 0)
    throw invalid("an update that changes nothing");
  for (const [path, value] of Object.entries(set)) {
    if (value === undefined) throw invalid(`${path} is set to nothing`);
    assign(next, path, stored(value));
  }
  for (const [path, value] of Object.entries(add)) assign(next, path, added(next, path, value));
  for (const path of unset) assign(next, path, undefined);
  return { ...next, pk, sk };
}

function checkShape(changes: readonly Change[], places: readonly string[]) {
  if (new Set(places).size < places.length) throw invalid("two changes of one row in a transaction");
  if (changes.length > MOST) throw invalid("more than 100 changes in a transaction");
  const [only] = changes;
  if (changes.length === 1 && only && "check" in only)
    throw new Error("a check stands only beside another change");
  if (changes.some((change) => "check" in change && Object.keys(change.when ?? {}).length === 0))
    throw invalid("a check without a condition");
}

/** DynamoDB sorts by the bytes of UTF-8. */
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function select(rows: ReadonlyMap<string, Row>, query: Query): Row[] {
  const bounds = [query.prefix, query.before, query.after].filter((bound) => bound !== undefined);
  if (bounds.length > 1) throw new Error("a query takes one of prefix, before and after");
  const [hash, range] = query.index ? ["gpk", "gsk"] : ["pk", "sk"];
  const found = [...rows.entries()]
    .filter(([key, row]) => key.startsWith(`${query.table}\n`) && row[hash] === query.pk)
    .flatMap(([, row]) => {
      const sort = row[range];
      return typeof sort === "string" ? [{ row, sort }] : [];
    })
    .filter(({ sort }) => query.prefix === undefined || sort.startsWith(query.prefix))
    .filter(({ sort }) => query.before === undefined || byBytes(sort, query.before) < 0)
    .filter(({ sort }) => query.after === undefined || byBytes(sort, query.after) > 0)
    .toSorted((a, b) => byBytes(a.sort, b.sort));
  if (query.reverse) found.reverse();
  return found.slice(0, query.limit).map(({ row }) => structuredClone(row));
}

/** A repeated put of the very same row is the answer that got lost, as in core/db/write.ts. */
const isRepeat = (changes: readonly Change[], change: Change, current: Row | undefined) =>
  changes.length === 1 && "put" in change && current && canonical(current) === canonical(change.put);

/** A store in memory that keeps DynamoDB's promises, held to them by the store's contract test. `writes` counts changes by table. */
export function memoryStore() {
  const rows = new Map<string, Row>();
  const id = (table: Table, key: Key) => `${table}\n${key.pk}\n${key.sk}`;
  const writes: Record<Table, number> = { State: 0, Runtime: 0, History: 0, Audit: 0 };

  const store: Store = {
    get: async (table, key) => structuredClone(rows.get(id(table, key))),
    async getMany(table, keys) {
      const places = keys.map((key) => id(table, key));
      if (new Set(places).size < places.length) throw invalid("a key that is asked for twice");
      if (keys.length > MOST) throw invalid("more than 100 keys");
      return places
        .map((place) => rows.get(place))
        .filter((row) => row !== undefined)
        .map((row) => structuredClone(row));
    },
    query: async (query) => select(rows, query),
    async write(changes) {
      const places = changes.map((change) => id(change.table, keyOf(change)));
      checkShape(changes, places);
      for (const [index, change] of changes.entries()) {
        const current = rows.get(places[index] ?? "");
        if (holds(current, change.when)) continue;
        if (isRepeat(changes, change, current)) return;
        throw new LostRace(index, structuredClone(current));
      }
      const after = changes.map((change, index) => changed(rows.get(places[index] ?? ""), change));
      for (const [index, change] of changes.entries()) {
        const next = after[index];
        if (!("check" in change)) writes[change.table] += 1;
        if (next) rows.set(places[index] ?? "", next);
        else rows.delete(places[index] ?? "");
      }
    },
  };
  return {
    ...store,
    writes,
    dump: () => [...rows.entries()].map(([key, row]) => ({ table: key.split("\n")[0], row })),
  };
}
