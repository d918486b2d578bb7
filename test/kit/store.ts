import {
  LostRace,
  type Change,
  type Condition,
  type Query,
  type Row,
  type Store,
  type Table,
} from "../../core/db/index.ts";

type Mutable = { [name: string]: unknown };

const at = (row: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((value, part) => (isMap(value) ? value[part] : undefined), row);

const isMap = (value: unknown): value is Mutable =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function assign(row: Mutable, path: string, value: unknown) {
  const parts = path.split(".");
  const last = parts.pop() ?? path;
  const parent = parts.reduce<unknown>((map, part) => (isMap(map) ? map[part] : undefined), row);
  if (!isMap(parent)) throw new Error(`ValidationException: the document path ${path} is not there`);
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

const keyOf = (change: Change) =>
  "put" in change
    ? change.put
    : "update" in change
      ? change.update
      : "remove" in change
        ? change.remove
        : change.check;

function changed(row: Row | undefined, change: Change): Row | undefined {
  if ("put" in change) return structuredClone(JSON.parse(JSON.stringify(change.put)));
  if ("remove" in change) return undefined;
  if ("check" in change) return row;
  const { pk, sk } = change.update;
  const next: Mutable = structuredClone({ ...row, pk, sk });
  for (const [path, value] of Object.entries(change.set ?? {})) assign(next, path, structuredClone(value));
  for (const [path, value] of Object.entries(change.add ?? {}))
    assign(next, path, Number(at(next, path) ?? 0) + value);
  for (const path of change.unset ?? []) assign(next, path, undefined);
  return { ...next, pk, sk };
}

/** A store in memory that keeps DynamoDB's promises, held to them by the store's contract test. `writes` counts changes by table. */
export function memoryStore() {
  const rows = new Map<string, Row>();
  const id = (table: Table, key: { pk: string; sk: string }) => `${table}\n${key.pk}\n${key.sk}`;
  const writes: Record<Table, number> = { State: 0, Runtime: 0, History: 0, Audit: 0 };

  const select = (query: Query) => {
    const [hash, range] = query.index ? ["gpk", "gsk"] : ["pk", "sk"];
    const found = [...rows.entries()]
      .filter(([key, row]) => key.startsWith(`${query.table}\n`) && row[hash] === query.pk)
      .map(([, row]) => ({ row, sort: String(row[range]) }))
      .filter(({ sort }) => query.prefix === undefined || sort.startsWith(query.prefix))
      .filter(({ sort }) => query.before === undefined || sort < query.before)
      .filter(({ sort }) => query.after === undefined || sort > query.after)
      .toSorted((a, b) => (a.sort < b.sort ? -1 : 1));
    if (query.reverse) found.reverse();
    return found.slice(0, query.limit).map(({ row }) => structuredClone(row));
  };

  const store: Store = {
    get: async (table, key) => structuredClone(rows.get(id(table, key))),
    getMany: async (table, keys) =>
      keys
        .map((key) => rows.get(id(table, key)))
        .filter((row) => row !== undefined)
        .map((row) => structuredClone(row)),
    query: async (query) => select(query),
    async write(changes) {
      const places = changes.map((change) => id(change.table, keyOf(change)));
      if (new Set(places).size < places.length)
        throw new Error("ValidationException: two changes of one row in a transaction");
      if (changes.length > 100)
        throw new Error("ValidationException: more than 100 changes in a transaction");
      changes.forEach((change, index) => {
        const current = rows.get(places[index] ?? "");
        if (!holds(current, change.when)) throw new LostRace(index, structuredClone(current));
      });
      changes.forEach((change, index) => {
        const place = places[index] ?? "";
        const next = changed(rows.get(place), change);
        if (!("check" in change)) writes[change.table] += 1;
        if (next) rows.set(place, next);
        else rows.delete(place);
      });
    },
  };
  return {
    ...store,
    writes,
    dump: () => [...rows.entries()].map(([key, row]) => ({ table: key.split("\n")[0], row })),
  };
}
