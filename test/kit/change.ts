import { Unwritable, type Change, type Row } from "../../core/db/index.ts";

type Mutable = { [name: string]: unknown };

/** What DynamoDB says of a call that can never work. */
export const invalid = (text: string) => new Unwritable("invalid", `ValidationException: ${text}`);

const isMap = (value: unknown): value is Mutable =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A copy of a map as it comes back from DynamoDB: without what is undefined. */
function storedMap(value: Readonly<Mutable>): Mutable {
  const copy = { ...value };
  for (const [name, entry] of Object.entries(copy)) {
    if (entry === undefined) delete copy[name];
    else if (typeof entry !== "string") copy[name] = stored(entry);
  }
  return copy;
}

/** A value as it comes back from DynamoDB; what it cannot hold is an error. */
function stored(value: unknown): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER)
    return value;
  if (Array.isArray(value)) return Object.freeze(value.filter((entry) => entry !== undefined).map(stored));
  const plain = isMap(value) && Object.getPrototypeOf(value) === Object.prototype;
  if (!plain) throw invalid(`a ${typeof value} that cannot be stored`);
  return Object.freeze(storedMap(value));
}

function storedRow(row: Row): Row {
  const { pk, sk } = row;
  if (pk === "" || sk === "") throw invalid("an empty key");
  return Object.freeze(Object.assign(storedMap(row), { pk, sk }));
}

/** Sets a path of a map, or takes it away. What stands below the map may be shared, so it is copied on the way. */
function assign(map: Mutable, [name = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length > 0) {
    const below = map[name];
    if (!isMap(below)) throw invalid(`the document path ${name}.${rest.join(".")} is not there`);
    const copy = { ...below };
    assign(copy, rest, value);
    map[name] = Object.freeze(copy);
  } else if (value === undefined) delete map[name];
  else map[name] = value;
}

const at = (row: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((value, part) => (isMap(value) ? value[part] : undefined), row);

function added(row: Mutable, path: string, value: number): number {
  const before = at(row, path) ?? 0;
  if (typeof before !== "number") throw invalid(`${path} is no number`);
  return before + value;
}

/** The row as a change leaves it; undefined when it is gone. */
export function changed(row: Row | undefined, change: Change): Row | undefined {
  if ("put" in change) return storedRow(change.put);
  if ("remove" in change) return undefined;
  if ("check" in change) return row;
  const { pk, sk } = change.update;
  if (pk === "" || sk === "") throw invalid("an empty key");
  const next: Mutable = { ...row };
  const { set = {}, add = {}, unset = [] } = change;
  if (Object.keys(set).length + Object.keys(add).length + unset.length === 0)
    throw invalid("an update that changes nothing");
  for (const [path, value] of Object.entries(set)) {
    if (value === undefined) throw invalid(`${path} is set to nothing`);
    assign(next, path.split("."), stored(value));
  }
  for (const [path, value] of Object.entries(add)) assign(next, path.split("."), added(next, path, value));
  for (const path of unset) assign(next, path.split("."), undefined);
  return Object.freeze(Object.assign(next, { pk, sk }));
}
