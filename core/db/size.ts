import { Unwritable } from "./unwritable.ts";

const CONTAINER_BYTES = 3;
/** How deep lists and maps may be nested in a row. */
const MOST_LEVELS = 32;

/** A number takes a byte for two digits and one more, and another one below zero. */
function numberBytes(value: number): number {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER)
    throw new Unwritable("invalid", `the number ${value} cannot be stored`);
  const digits = String(Math.abs(value))
    .replace(/e.*$/, "")
    .replace(".", "")
    .replace(/^0+|0+$/g, "");
  return Math.ceil(digits.length / 2) + 1 + (value < 0 ? 1 : 0);
}

function objectBytes(value: object, level: number): number {
  if (level > MOST_LEVELS) throw new Unwritable("invalid", `it is nested deeper than ${MOST_LEVELS} levels`);
  if (Array.isArray(value))
    return value.reduce<number>((sum, entry) => sum + 1 + bytesOf(entry, level), CONTAINER_BYTES);
  const form: unknown = Object.getPrototypeOf(value);
  if (form !== Object.prototype && form !== null)
    throw new Unwritable("invalid", "an object of a class cannot be stored");
  return Object.entries(value).reduce(
    (sum, [name, entry]) =>
      entry === undefined ? sum : sum + 1 + Buffer.byteLength(name) + bytesOf(entry, level),
    CONTAINER_BYTES,
  );
}

/** What a value takes by DynamoDB's rules; throws Unwritable for one that it cannot hold. */
function bytesOf(value: unknown, level = 0): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (typeof value === "number") return numberBytes(value);
  if (typeof value === "object" && value !== null) return objectBytes(value, level + 1);
  return 1;
}

/** What a row takes by DynamoDB's rules, in bytes: the names and the values of its attributes. */
export const sizeOf = (row: Readonly<Record<string, unknown>>): number =>
  Object.entries(row).reduce(
    (sum, [name, value]) => (value === undefined ? sum : sum + Buffer.byteLength(name) + bytesOf(value)),
    0,
  );
